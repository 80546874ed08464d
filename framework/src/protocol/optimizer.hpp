// AdamW (Loshchilov and Hutter 2019) through LibTorch's fused kernel, and the one learning-rate schedule.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autodidact/plugin/types.hpp"
#include "config/run.hpp"

namespace autodidact {

// Rate of step t of `total`: linear warm-up over the first `warmup` share, then a cosine from lr to lr * lr_floor.
double learning_rate(const TrainSettings& settings, std::int64_t t, std::int64_t total);

class AdamW {
 public:
  AdamW(std::vector<Parameter> parameters, double weight_decay);

  void zero_grad();             // drops gradients, so that backward hands its buffers over without a copy
  void step(double lr);         // parameters without a gradient stand still
  std::vector<Buffer> state();  // moments and step counts, named after their parameters

 private:
  // Parameters that share rate and decay: one kernel call each.
  struct Group {
    double lr_scale = 1.0;
    bool decay = true;
    std::vector<std::size_t> members;
  };
  std::vector<Parameter> parameters_;
  std::vector<at::Tensor> mean_, square_, steps_;
  std::vector<Group> groups_;
  double weight_decay_;
};

}  // namespace autodidact
