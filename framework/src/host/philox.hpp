// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, SC 2011), a counter-based
// generator: four words are a pure function of a counter of four words and a key of two.
#pragma once

#include <array>
#include <cstdint>

namespace autodidact {

// `lanes` counters at once; word w of lane l stands in [w][l]. Ten rounds, in place: counters become numbers.
// Plain loops over lanes, which compilers turn into vector code.
template <int lanes>
inline void philox4x32(std::uint32_t (&c)[4][lanes], std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    for (int l = 0; l < lanes; ++l) {
      const std::uint64_t p0 = 0xD2511F53ull * c[0][l], p1 = 0xCD9E8D57ull * c[2][l];
      const auto high0 = static_cast<std::uint32_t>(p0 >> 32), high1 = static_cast<std::uint32_t>(p1 >> 32);
      c[0][l] = high1 ^ c[1][l] ^ key0;
      c[2][l] = high0 ^ c[3][l] ^ key1;
      c[1][l] = static_cast<std::uint32_t>(p1);
      c[3][l] = static_cast<std::uint32_t>(p0);
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

// A word as a number in the open interval (0, 1): an odd multiple of 2^-24, so exact in float32; 0 and 1 cannot be.
inline float open_uniform(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>((word >> 9) * 2 + 1)) * 0x1p-24f;
}

}  // namespace autodidact
