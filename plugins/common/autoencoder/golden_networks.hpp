// Networks against stored outputs and gradients of the reference's: weights under its names, x and a cotangent in;
// y in evaluation, y in training, and the gradients of sum(y * cotangent) out.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>

#include "autodidact/plugin/golden.hpp"
#include "common/nn/state.hpp"

namespace autodidact::autoencoder {

class GoldenNames {
 public:
  // Our name, and the reference's.
  void add(const std::string& ours, const std::string& theirs) { names_[ours] = theirs; }
  void add_conv(const std::string& ours, const std::string& theirs);         // weight and bias
  void add_weight_norm(const std::string& ours, const std::string& theirs);  // g and v
  void add_norm(const std::string& ours, const std::string& theirs);         // weight, bias, running statistics

  // Takes the weights of the group, in the type they are stored in. Throws if one is missing or of another size.
  void load(const nn::State& state, const GoldenCase& golden) const;
  const std::string& at(const std::string& ours) const;

 private:
  std::map<std::string, std::string> names_;
};

// (x, training) -> y
using GoldenNetwork = std::function<at::Tensor(const at::Tensor&, bool)>;
// `left_out` names parameters (ours) whose stored gradients say nothing.
GoldenResult run_golden(const GoldenNetwork& network, const nn::State& state, const GoldenNames& names,
                        const GoldenCase& golden, const std::function<bool(const std::string&)>& left_out = nullptr);

}  // namespace autodidact::autoencoder
