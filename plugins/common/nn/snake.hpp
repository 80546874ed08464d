// y = x + sin^2(a x) / a with one learnable a for each channel.
//
// L. Ziyin, T. Hartwig, M. Ueda, Neural Networks Fail to Learn Periodic Functions and How to Fix It, NeurIPS 2020,
// https://arxiv.org/abs/2006.08195. At a = 0 the limit y = x is taken, with the gradients of the limit.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/nn/state.hpp"

namespace autodidact::nn {

struct Snake {
  at::Tensor a;  // (D)

  Snake() = default;
  explicit Snake(std::int64_t channels);  // U(0.2, 0.5) from the default generator

  // x (B, D, H, W) float32 or float64 -> the same, channels-last. One pass forward and one backward.
  at::Tensor operator()(const at::Tensor& x) const;
  void list(const std::string& name, State& out) const { out.parameter(name + ".a", a); }
};

// The two passes without a graph, for operators that hold a Snake within; tensors are channels-last.
at::Tensor snake_values(const at::Tensor& x, const at::Tensor& a);
struct SnakeGradient {
  at::Tensor x, a;
};
SnakeGradient snake_gradient(const at::Tensor& x, const at::Tensor& a, const at::Tensor& dy);

}  // namespace autodidact::nn
