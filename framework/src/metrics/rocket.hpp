// ROCKET features (Dempster, Petitjean, Webb 2020, arXiv 1910.13051): random dilated kernels, two numbers each.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace autodidact {

struct RocketKernel {
  std::int64_t length = 9;  // 7, 9 or 11
  std::int64_t dilation = 1, padding = 0;
  double bias = 0;
  std::vector<std::int64_t> channels;  // the channels it sees
  std::vector<double> weights;         // (channels, length)
};
using RocketBank = std::vector<RocketKernel>;

// `count` kernels for series (C, L) from a seed fixed for these two. Weights are rounded to float32, so that a bank is
// the same on every machine.
// differs: for C > 1 a kernel sees a random subset of the channels, 2^U(0, log2(min(C, length) + 1)) of them, with own
// centred weights for each, and sums over them; for C = 1 it is the published definition.
RocketBank rocket_bank(std::int64_t channels, std::int64_t length, std::int64_t count);
std::string rocket_digest(const RocketBank& bank);  // sha256

// x (N, C, L) -> (N, 2 kernels) float64: per kernel the share of outputs > 0 and the largest output.
at::Tensor rocket_features(const RocketBank& bank, const at::Tensor& x);
at::Tensor l2_rows(const at::Tensor& features);

}  // namespace autodidact
