// What the tests of augmentations share.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "config/augmentations.hpp"
#include "data/augment.hpp"

namespace autodidact::test {

inline at::Generator seeded(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

inline at::Tensor noise(at::IntArrayRef shape) {
  at::Generator generator = seeded(11);
  return at::randn(shape, generator, at::kFloat);
}

inline std::vector<double> row(const at::Tensor& x, std::int64_t b, std::int64_t c) {
  const at::Tensor values = x[b][c].to(at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

// numpy.interp over whole-number abscissae: n values at linspace(0, last, n) of y.
inline std::vector<double> resampled(const std::vector<double>& y, std::int64_t n) {
  std::vector<double> out;
  const double last = static_cast<double>(y.size()) - 1;
  for (std::int64_t i = 0; i < n; ++i) {
    const double p = n == 1 ? 0.0 : static_cast<double>(i) * last / static_cast<double>(n - 1);
    const auto low = static_cast<std::size_t>(p);
    const std::size_t high = std::min(low + 1, y.size() - 1);
    out.push_back(y[low] + (p - static_cast<double>(low)) * (y[high] - y[low]));
  }
  return out;
}

// One step of the kind, from a generator of its own.
inline at::Tensor changed(const at::Tensor& x, const std::string& kind, const Values& params, std::uint64_t seed = 1) {
  at::Generator generator = seeded(seed);
  return augment(x, {{kind, params}}, generator);
}

inline double mean_of(const at::Tensor& x) { return x.to(at::kDouble).mean().item<double>(); }
inline double std_of(const at::Tensor& x) { return x.to(at::kDouble).std().item<double>(); }
inline double largest(const at::Tensor& x) { return x.abs().max().item<double>(); }

// One number a series, the same for all channels and times: (B, C, L) -> (B).
inline at::Tensor shared(const at::Tensor& x, double tolerance) {
  EXPECT_LE(largest(x - x.slice(1, 0, 1).slice(2, 0, 1)), tolerance);
  return x.select(1, 0).select(1, 0).to(at::kDouble);
}

}  // namespace autodidact::test
