// Batch normalisation of (B, F) and (B, F, ...): per feature over all other dimensions.
//
// In training the batch's biased variance normalises, and running statistics take a step of 0.1 towards the batch's
// mean and unbiased variance; in evaluation the running statistics normalise and nothing changes. PyTorch's counter of
// batches is left out: nothing reads it at a fixed momentum.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/nn/state.hpp"

namespace autodidact::nn {

// Throws DataError if x (B, F, ...) has a single value per feature, which has no variance.
void check_batch(const at::Tensor& x);

struct BatchNorm {
  at::Tensor weight, bias;               // (F)
  at::Tensor running_mean, running_var;  // (F), buffers
  double eps = 1e-5;
  double momentum = 0.1;

  BatchNorm() = default;
  explicit BatchNorm(std::int64_t features);

  // In training see check_batch.
  at::Tensor operator()(const at::Tensor& x, bool training) const;
  void list(const std::string& name, State& out) const;
};
using BatchNorm2d = BatchNorm;

}  // namespace autodidact::nn
