// exp(x) for x <= 0 without a branch, so that loops over it are vectorised.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "common/nn/clones.hpp"

namespace autodidact::transformer {

// 2^n e^r with n = round(x / ln 2), |r| <= ln 2 / 2, and e^r to the seventh power of r: within a unit in the last
// place; e^-87 = 1.6e-38 for all finite x below -87. NaN and minus infinity give NaN.
AUTODIDACT_NN_INLINE float exp_negative(float x) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: a small number added to it loses its fraction
  // max(x, -87): among negative numbers the bits of the greater are less. (A comparison of floats would be a branch.)
  constexpr auto kLowest = std::bit_cast<std::uint32_t>(-87.0f);
  const auto held = std::bit_cast<float>(std::min(std::bit_cast<std::uint32_t>(x), kLowest));
  const float shifted = held * 1.44269504f + kRound, n = shifted - kRound;
  const float r = (held - n * 0.693145752f) - n * 1.42860677e-6f;  // ln 2 in two parts, the first of 16 bits
  float sum = 1.0f / 5040.0f;
  sum = sum * r + 1.0f / 720.0f;
  sum = sum * r + 1.0f / 120.0f;
  sum = sum * r + 1.0f / 24.0f;
  sum = sum * r + 1.0f / 6.0f;
  sum = sum * r + 0.5f;
  sum = sum * r + 1.0f;
  sum = sum * r + 1.0f;
  // The last bits of `shifted` are the integer n.
  const auto power = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3f800000u);
  return sum * power + 0.0f * x;
}
AUTODIDACT_NN_INLINE double exp_negative(double x) { return std::exp(x); }

}  // namespace autodidact::transformer
