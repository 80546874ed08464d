#include "metrics/distance.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

#include "metrics/clones.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kTile = 16;

AUTODIDACT_CLONES void tile_distances(const double* row, const double* tile, std::int64_t width, double* out) {
  double sum[kTile] = {};
  for (std::int64_t d = 0; d < width; ++d) {
    const double value = row[d];
    for (int lane = 0; lane < kTile; ++lane) {
      const double difference = value - tile[d * kTile + lane];
      sum[lane] += difference * difference;
    }
  }
  for (int lane = 0; lane < kTile; ++lane) out[lane] = sum[lane];
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
      for (std::int64_t i = begin; i < end; ++i)
        tile_distances(source + i * width_, packed + tile * width_ * kTile, width_,
                       target + (i * tiles + tile) * kTile);
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
