// Gradients against central differences.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <functional>
#include <vector>

namespace autodidact::transformer {

using Tensors = std::vector<at::Tensor>;
using Function = std::function<at::Tensor(const Tensors&)>;

inline at::Tensor random(at::IntArrayRef shape, at::ScalarType type = at::kDouble) {
  return at::randn(shape, at::TensorOptions().dtype(type)).set_requires_grad(true);
}

// Gradients of sum(f * cotangent) against central differences, in float64.
inline void check_gradients(const Function& f, Tensors inputs) {
  const at::Tensor cotangent = at::randn_like(f(inputs).detach());
  const auto value = [&] { return (f(inputs) * cotangent).sum(); };
  const Tensors grads = torch::autograd::grad({value()}, inputs);
  at::NoGradGuard no_grad;
  constexpr double step = 1e-6;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    at::Tensor flat = inputs[i].view(-1);
    for (std::int64_t j = 0; j < flat.numel(); ++j) {
      const double kept = flat[j].item<double>();
      flat[j] = kept + step;
      const double above = value().item<double>();
      flat[j] = kept - step;
      const double below = value().item<double>();
      flat[j] = kept;
      EXPECT_NEAR(grads[i].reshape(-1)[j].item<double>(), (above - below) / (2 * step), 1e-7) << "input " << i;
    }
  }
}

}  // namespace autodidact::transformer
