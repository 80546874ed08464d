// Dynamic time warping over eight pairs at a time: the recursion of one pair is a chain of dependent operations, so the
// lanes of a vector hold different pairs.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "metrics/clones.hpp"
#include "metrics/reconstruction.hpp"

namespace autodidact {
namespace {

constexpr int kLanes = 8;
constexpr double kFar = std::numeric_limits<double>::max();

// Columns of one row that may be visited.
struct Band {
  std::int64_t first, end;
};

// cost[j] = |x_i - y_j|^2 for one i. x_i (C, lanes) with stride L, y (C, L, lanes).
AUTODIDACT_CLONES void row_costs(const double* x, const double* y, std::int64_t channels, std::int64_t length,
                                 Band band, double* cost) {
  std::fill(cost + band.first * kLanes, cost + band.end * kLanes, 0.0);
  for (std::int64_t c = 0; c < channels; ++c) {
    const double* here = x + c * length * kLanes;
    const double* there = y + c * length * kLanes;
    for (std::int64_t j = band.first; j < band.end; ++j)
      for (int lane = 0; lane < kLanes; ++lane) {
        const double difference = here[lane] - there[j * kLanes + lane];
        cost[j * kLanes + lane] += difference * difference;
      }
  }
}

// One row of the recursion, in place: best[j + 1] holds the cheapest way to (i, j). A band moves by at most one column
// a row, so that what lies outside of it is never read, or still as far as at the start.
AUTODIDACT_CLONES void advance(const double* cost, Band band, double* best) {
  double left[kLanes], diagonal[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    diagonal[lane] = best[band.first * kLanes + lane];
    left[lane] = best[band.first * kLanes + lane] = kFar;
  }
  for (std::int64_t j = band.first; j < band.end; ++j)
    for (int lane = 0; lane < kLanes; ++lane) {
      const double up = best[(j + 1) * kLanes + lane];
      const double before = up < diagonal[lane] ? up : diagonal[lane];
      const double cheapest = left[lane] < before ? left[lane] : before;
      diagonal[lane] = up;
      left[lane] = cost[j * kLanes + lane] + cheapest;
      best[(j + 1) * kLanes + lane] = left[lane];
    }
}

// (n <= lanes, C, L) -> (C, L, lanes); lanes without a pair hold zeros.
void pack(const double* series, std::int64_t n, std::int64_t width, std::vector<double>& out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t t = 0; t < width; ++t) out[static_cast<std::size_t>(t * kLanes + i)] = series[i * width + t];
}

}  // namespace

at::Tensor dtw_distances(const at::Tensor& x, const at::Tensor& y, std::int64_t window) {
  const at::Tensor a = x.to(at::kDouble).contiguous(), b = y.to(at::kDouble).contiguous();
  const std::int64_t n = a.size(0), channels = a.size(1), length = a.size(2), width = channels * length;
  const at::Tensor out = at::empty({n}, at::kDouble);
  const double *pa = a.const_data_ptr<double>(), *pb = b.const_data_ptr<double>();
  double* result = out.data_ptr<double>();
  at::parallel_for(0, (n + kLanes - 1) / kLanes, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> xs(static_cast<std::size_t>(width * kLanes)), ys(xs.size());
    std::vector<double> cost(static_cast<std::size_t>(length * kLanes)), best(cost.size() + kLanes);
    for (std::int64_t group = begin; group < end; ++group) {
      const std::int64_t first = group * kLanes, count = std::min<std::int64_t>(kLanes, n - first);
      pack(pa + first * width, count, width, xs);
      pack(pb + first * width, count, width, ys);
      std::fill(best.begin(), best.end(), kFar);
      std::fill(best.begin(), best.begin() + kLanes, 0.0);
      for (std::int64_t i = 0; i < length; ++i) {
        const Band band{std::max<std::int64_t>(0, i - window), std::min(length, i + window + 1)};
        row_costs(xs.data() + i * kLanes, ys.data(), channels, length, band, cost.data());
        advance(cost.data(), band, best.data());
      }
      for (std::int64_t lane = 0; lane < count; ++lane)
        result[first + lane] = std::sqrt(best[static_cast<std::size_t>(length * kLanes + lane)]);
    }
  });
  return out;
}

}  // namespace autodidact
