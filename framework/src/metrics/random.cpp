#include "metrics/random.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>
#include <utility>

namespace autodidact {

Stream64 stream_for(std::uint64_t seed, std::string_view purpose) {
  std::uint64_t hash = 1469598103934665603ull;  // FNV-1a of the purpose
  for (const unsigned char c : purpose) hash = (hash ^ c) * 1099511628211ull;
  std::uint64_t z = (seed ^ hash) + 0x9e3779b97f4a7c15ull;  // splitmix64 finaliser
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return Stream64(z ^ (z >> 31));
}

std::uint64_t draw_below(Stream64& stream, std::uint64_t bound) {
  const std::uint64_t limit = ~0ull - ~0ull % bound;  // a multiple of bound
  std::uint64_t value;
  do value = stream();
  while (value >= limit);
  return value % bound;
}

double draw_unit(Stream64& stream) { return (static_cast<double>(stream() >> 11) + 0.5) * 0x1.0p-53; }

double draw_normal(Stream64& stream) {
  const double radius = std::sqrt(-2.0 * std::log(draw_unit(stream)));
  return radius * std::cos(2.0 * std::numbers::pi * draw_unit(stream));
}

at::Tensor draw_subset(std::int64_t n, std::int64_t k, Stream64& stream) {
  const at::Tensor index = at::arange(n, at::kLong);
  if (k >= n) return index;
  auto* p = index.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < k; ++i)  // the first k steps of a Fisher-Yates shuffle
    std::swap(p[i], p[i + static_cast<std::int64_t>(draw_below(stream, static_cast<std::uint64_t>(n - i)))]);
  return std::get<0>(index.narrow(0, 0, k).sort()).clone();
}

}  // namespace autodidact
