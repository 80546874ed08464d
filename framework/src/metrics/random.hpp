// Seeded draws of the measures (subsets, bootstraps). Own arithmetic on top of std::mt19937_64, whose output the
// standard fixes; the standard's distributions are not fixed and are not used.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <random>
#include <string_view>

namespace autodidact {

using Stream64 = std::mt19937_64;

// One stream a purpose: drawing more for one leaves the others alone.
Stream64 stream_for(std::uint64_t seed, std::string_view purpose);

std::uint64_t draw_below(Stream64& stream, std::uint64_t bound);  // uniform in [0, bound), without modulo bias
double draw_unit(Stream64& stream);                               // uniform in (0, 1), 53 bits
double draw_normal(Stream64& stream);                             // standard normal, Box-Muller, one of the pair

// k of n different indices in rising order, (k) int64. k >= n: all of them, and nothing is drawn.
at::Tensor draw_subset(std::int64_t n, std::int64_t k, Stream64& stream);

}  // namespace autodidact
