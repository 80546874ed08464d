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

// The same and its gradient without a graph, for operators that hold such a weight within. Without g (undefined) v is
// the weight itself.
at::Tensor scaled_weight(const at::Tensor& g, const at::Tensor& v);
struct ScaledWeightGradient {
  at::Tensor g, v;
};
ScaledWeightGradient scaled_weight_gradient(const at::Tensor& g, const at::Tensor& v, const at::Tensor& dw);

}  // namespace autodidact::nn
