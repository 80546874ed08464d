// A second tokenizer that follows the first one slowly (BYOL's target network, Grill et al. 2020).
#pragma once

#include "protocol/objects.hpp"

namespace autodidact {

class TargetTokenizer {
 public:
  // A copy of `online` at the start.
  TargetTokenizer(const Run& run, const DataShape& shape, Tokenizer& online, const Progress& progress);
  // `copy`: another object of the same plugin and parameters.
  TargetTokenizer(Live<Tokenizer> copy, Tokenizer& online);

  // Train mode, no gradient, no codebook update.
  View forward(const at::Tensor& x, Path path, StepInfo info, std::int64_t call);
  // Parameters become m * target + (1 - m) * online; all buffers are copied.
  void follow(Tokenizer& online, double m);
  std::vector<Buffer> state();

 private:
  Live<Tokenizer> tokenizer_;
};

}  // namespace autodidact
