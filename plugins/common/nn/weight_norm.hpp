// Weight normalisation: w = g v / |v|, one g for each index of the first dimension.
//
// T. Salimans, D. P. Kingma, Weight Normalization, NeurIPS 2016, https://arxiv.org/abs/1602.07868, as PyTorch's
// parametrisation with dim = 0: of a transposed convolution the first dimension is the input's, and of a vector each
// entry is one, so that w_i = g_i sign(v_i).
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/nn/state.hpp"

namespace autodidact::nn {

struct WeightNorm {
  at::Tensor g;  // (n, 1, ..., 1)
  at::Tensor v;  // (n, ...)

  WeightNorm() = default;
  // Starts at w = value.
  explicit WeightNorm(const at::Tensor& value);

  at::Tensor weight() const;  // of the shape of v
  // As NAME.g and NAME.v.
  void list(const std::string& name, State& out) const;
};

}  // namespace autodidact::nn
