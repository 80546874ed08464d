// How weights of the judging networks begin.
#pragma once

#include <ATen/ATen.h>

#include <cmath>

namespace autodidact {

// U(-b, b), b = 1 / sqrt(inputs of one output): the framework's default for convolutions, linear and recurrent layers.
inline at::Tensor uniform_leaf(at::IntArrayRef shape, std::int64_t inputs) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  return at::empty(shape, at::kFloat).uniform_(-bound, bound).requires_grad_();
}

}  // namespace autodidact
