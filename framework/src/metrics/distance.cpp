#include "metrics/distance.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

#include "metrics/clones.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kTile = 16;

// Four numbers side by side. Sums have names and stand in no array: compilers leave arrays of them in memory.
typedef double Four __attribute__((vector_size(32)));

[[gnu::always_inline]] inline Four four(const double* from) {
  Four value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}
[[gnu::always_inline]] inline void add_square(Four& sum, double value, const Four& tile) {
  const Four difference = value - tile;
  sum += difference * difference;
}
[[gnu::always_inline]] inline void put(const Four& value, double* to) { __builtin_memcpy(to, &value, sizeof value); }

// Two rows against the 16 of one tile; the same sums whichever of the two a row is.
AUTODIDACT_CLONES void tile_distances(const double* first, const double* second, const double* tile, std::int64_t width,
                                      double* out_first, double* out_second) {
  Four a0{}, a1{}, a2{}, a3{}, b0{}, b1{}, b2{}, b3{};
  for (std::int64_t d = 0; d < width; ++d, tile += kTile) {
    const Four t0 = four(tile), t1 = four(tile + 4), t2 = four(tile + 8), t3 = four(tile + 12);
    add_square(a0, first[d], t0), add_square(a1, first[d], t1), add_square(a2, first[d], t2),
        add_square(a3, first[d], t3);
    add_square(b0, second[d], t0), add_square(b1, second[d], t1), add_square(b2, second[d], t2),
        add_square(b3, second[d], t3);
  }
  put(a0, out_first), put(a1, out_first + 4), put(a2, out_first + 8), put(a3, out_first + 12);
  put(b0, out_second), put(b1, out_second + 4), put(b2, out_second + 8), put(b3, out_second + 12);
}

}  // namespace

Targets::Targets(const at::Tensor& rows) : size_(rows.size(0)), width_(rows.size(1)) {
  const std::int64_t tiles = (size_ + kTile - 1) / kTile;
  const at::Tensor padded = at::constant_pad_nd(rows.to(at::kDouble), {0, 0, 0, tiles * kTile - size_});
  tiles_ = padded.view({tiles, kTile, width_}).transpose(1, 2).contiguous();
}

at::Tensor Targets::squared_distances(const at::Tensor& rows) const {
  const at::Tensor from = rows.to(at::kDouble).contiguous();
  const std::int64_t n = from.size(0), tiles = tiles_.size(0);
  const at::Tensor out = at::empty({n, tiles * kTile}, at::kDouble);
  const double* source = from.const_data_ptr<double>();
  const double* packed = tiles_.const_data_ptr<double>();
  double* target = out.data_ptr<double>();
  at::parallel_for(0, n, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t tile = 0; tile < tiles; ++tile)  // a tile stays in the cache for all rows
      for (std::int64_t i = begin; i < end; i += 2) {
        const std::int64_t j = std::min(i + 1, end - 1);  // a last row alone is done twice
        tile_distances(source + i * width_, source + j * width_, packed + tile * width_ * kTile, width_,
                       target + (i * tiles + tile) * kTile, target + (j * tiles + tile) * kTile);
      }
  });
  return out.narrow(1, 0, size_);
}

std::int64_t Targets::block() const { return std::max<std::int64_t>(1, (2 << 20) / std::max<std::int64_t>(size_, 1)); }

AUTODIDACT_CLONES double dot(const double* x, const double* y, std::int64_t n) {
  double sum[kTile] = {};
  std::int64_t t = 0;
  for (; t + kTile <= n; t += kTile)
    for (int lane = 0; lane < kTile; ++lane) sum[lane] += x[t + lane] * y[t + lane];
  double total = 0;
  for (; t < n; ++t) total += x[t] * y[t];
  for (const double lane : sum) total += lane;
  return total;
}

}  // namespace autodidact
