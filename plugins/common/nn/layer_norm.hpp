// (x - mean) / sqrt(var + eps) * weight + bias over the last dimension.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/nn/state.hpp"

namespace autodidact::nn {

struct LayerNorm {
  at::Tensor weight, bias;  // (width)
  double eps = 1e-5;

  LayerNorm() = default;
  explicit LayerNorm(std::int64_t width, double epsilon = 1e-5);

  at::Tensor operator()(const at::Tensor& x) const;  // (..., width) -> the same shape
  void list(const std::string& name, State& out) const;
};

}  // namespace autodidact::nn
