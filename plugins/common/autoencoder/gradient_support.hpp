// For tests: gradients of parameters against central differences along a random direction, in float64.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/nn/state.hpp"

namespace autodidact::autoencoder::testing_support {

inline void to_double(const nn::State& state) {
  for (const Parameter& p : state.parameters) at::Tensor(p.tensor).set_data(p.tensor.detach().to(at::kDouble));
  for (const Buffer& b : state.buffers) at::Tensor(b.tensor).set_data(b.tensor.to(at::kDouble));
}

// `loss` gives a scalar with graph. Each parameter in turn.
template <class Loss>
void expect_gradients(const nn::State& state, double tolerance, Loss&& loss) {
  loss().backward();
  const at::NoGradGuard no_grad;
  for (const Parameter& p : state.parameters) {
    at::Tensor value = p.tensor;
    ASSERT_TRUE(value.grad().defined()) << p.name;
    const at::Tensor direction = at::randn_like(value), start = value.clone();
    const double h = 1e-7;
    value.copy_(start + h * direction);
    const double up = loss().template item<double>();
    value.copy_(start - h * direction);
    const double down = loss().template item<double>();
    value.copy_(start);
    const double want = (value.grad() * direction).sum().template item<double>();
    EXPECT_NEAR((up - down) / (2 * h), want, tolerance * (1 + std::abs(want))) << p.name;
  }
}

}  // namespace autodidact::autoencoder::testing_support
