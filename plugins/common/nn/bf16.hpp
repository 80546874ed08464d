// bfloat16 in plain memory, for loops that compute in float.
#pragma once

#include <bit>
#include <cstdint>

#include "common/nn/clones.hpp"

namespace autodidact::nn {

struct Bf16 {
  std::uint16_t bits;
};
AUTODIDACT_NN_INLINE float widen(Bf16 x) { return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16); }
AUTODIDACT_NN_INLINE float widen(float x) { return x; }
AUTODIDACT_NN_INLINE double widen(double x) { return x; }
// Round to nearest, ties to even, without a branch, so that loops over it are vectorised. NaN stays NaN.
AUTODIDACT_NN_INLINE void narrow(float x, Bf16& out) {
  const auto u = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
  out.bits = static_cast<std::uint16_t>((u & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}
AUTODIDACT_NN_INLINE void narrow(float x, float& out) { out = x; }
AUTODIDACT_NN_INLINE void narrow(double x, double& out) { out = x; }

}  // namespace autodidact::nn
