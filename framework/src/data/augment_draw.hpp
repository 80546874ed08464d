// Random choices of augmentation steps: one draw a series unless a shape says otherwise.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace autodidact {

// Integers in [0, below), on x's device.
inline at::Tensor whole_numbers(std::int64_t below, at::IntArrayRef shape, const at::Tensor& x,
                                at::Generator& generator) {
  return at::randint(0, below, shape, generator, x.options().dtype(at::kLong));
}

// U(-rate, rate) of x's type, exactly 0 for rate 0.
inline at::Tensor symmetric(double rate, at::IntArrayRef shape, const at::Tensor& x, at::Generator& generator) {
  return at::rand(shape, generator, x.options()).mul_(2.0).sub_(1.0).mul_(rate);
}

// N(0, std^2) of x's type, exactly 0 for std 0.
inline at::Tensor normal_noise(double std, at::IntArrayRef shape, const at::Tensor& x, at::Generator& generator) {
  return at::randn(shape, generator, x.options()).mul_(std);
}

// true with probability p: always for 1, never for 0.
inline at::Tensor coins(double p, at::IntArrayRef shape, const at::Tensor& x, at::Generator& generator) {
  return at::rand(shape, generator, x.options().dtype(at::kDouble)).lt(p);
}

// A share of a length as a number of values: rounded, at least 1.
inline std::int64_t share_of(double ratio, std::int64_t length) {
  const double wanted = std::nearbyint(ratio * static_cast<double>(length));
  return std::clamp(static_cast<std::int64_t>(wanted), std::int64_t{1}, length);
}

}  // namespace autodidact
