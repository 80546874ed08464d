#include "metrics/mmd.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "metrics/clones.hpp"
#include "metrics/distance.hpp"

namespace autodidact {
namespace {

// Mean of f over all pairs, by blocks of rows of x.
template <class F>
double mean_over_pairs(const at::Tensor& x, const at::Tensor& y, const F& f) {
  const Targets targets(y);
  double sum = 0;
  for (std::int64_t first = 0; first < x.size(0); first += targets.block()) {
    const std::int64_t count = std::min(targets.block(), x.size(0) - first);
    sum += f(targets.squared_distances(x.narrow(0, first, count))).sum().template item<double>();
  }
  return sum / (static_cast<double>(x.size(0)) * static_cast<double>(y.size(0)));
}

double mean_kernel(const at::Tensor& x, const at::Tensor& y, double length_scale) {
  const double factor = -0.5 / (length_scale * length_scale);
  return mean_over_pairs(x, y, [&](const at::Tensor& distances) { return (distances * factor).exp(); });
}

at::Tensor cubic_kernel(const at::Tensor& a, const at::Tensor& b) {
  return (at::mm(a, b.t()) / static_cast<double>(a.size(1)) + 1.0).pow(3);
}

// Sum over n inner products g of (g / width + 1)^3.
AUTODIDACT_CLONES double cubic_sum(const double* g, double inverse_width, std::int64_t n) {
  constexpr int kLanes = 8;
  double sum[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int lane = 0; lane < kLanes; ++lane) {
      const double k = g[i + lane] * inverse_width + 1.0;
      sum[lane] += k * k * k;
    }
  double total = 0;
  for (; i < n; ++i) {
    const double k = g[i] * inverse_width + 1.0;
    total += k * k * k;
  }
  for (const double lane : sum) total += lane;
  return total;
}

double block_sum(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor gram = at::mm(a, b.t());
  return cubic_sum(gram.const_data_ptr<double>(), 1.0 / static_cast<double>(a.size(1)), gram.numel());
}

// Over all pairs of different rows of one set: blocks off the diagonal count twice.
double own_sum(const at::Tensor& a) {
  constexpr std::int64_t kRows = 128;
  double sum = 0;
  for (std::int64_t first = 0; first < a.size(0); first += kRows) {
    const std::int64_t count = std::min(kRows, a.size(0) - first), rest = first + count;
    const at::Tensor rows = a.narrow(0, first, count);
    sum += block_sum(rows, rows);
    if (rest < a.size(0)) sum += 2 * block_sum(rows, a.narrow(0, rest, a.size(0) - rest));
  }
  const at::Tensor lengths = a.square().sum(1);
  return sum - cubic_sum(lengths.const_data_ptr<double>(), 1.0 / static_cast<double>(a.size(1)), lengths.numel());
}

// Sums of one Gram matrix that the estimates need.
struct Sums {
  explicit Sums(const at::Tensor& gram, bool own_set) {
    const at::Tensor used =
        own_set ? gram - gram.diagonal().diag() : gram;  // a set with itself leaves its diagonal out
    rows = used.sum(1);
    columns = used.sum(0);
    total = rows.sum().item<double>();
    squares = used.square().sum().item<double>();
  }
  at::Tensor rows, columns;
  double total, squares;
};

double product(const at::Tensor& a, const at::Tensor& b) { return at::dot(a, b).item<double>(); }

// Sutherland et al. 2017 (arXiv 1611.04488), appendix A, as the reference implements it.
double variance_of(const Sums& xx, const Sums& yy, const Sums& xy, double m) {
  const double pairs = m * (m - 1), own = xx.total + yy.total;
  const double spread = (xx.total * xx.total + yy.total * yy.total) / (pairs * pairs);
  const double mixed = product(xx.rows, xy.rows) + product(yy.rows, xy.columns);
  const double cross = xy.total * xy.total / (m * m * m * m), both = own * xy.total / (m * m * m * (m - 1));
  const double first =
      (product(xx.rows, xx.rows) - xx.squares + product(yy.rows, yy.rows) - yy.squares) / (pairs * (m - 2)) - spread +
      (product(xy.rows, xy.rows) + product(xy.columns, xy.columns) - 2 * xy.squares) / (m * pairs) - 2 * cross -
      2 * mixed / (m * pairs) + 2 * both;
  const double second = (xx.squares + yy.squares) / pairs - spread + 2 * xy.squares / (m * m) - 2 * cross -
                        4 * mixed / (m * pairs) + 4 * both;
  return (4 * (m - 2) * first + 2 * second) / pairs;
}

}  // namespace

double gaussian_mmd2(const at::Tensor& x, const at::Tensor& y, double length_scale) {
  return mean_kernel(x, x, length_scale) + mean_kernel(y, y, length_scale) - 2 * mean_kernel(x, y, length_scale);
}

double median_distance(const at::Tensor& rows) {
  const std::int64_t n = rows.size(0);
  const at::Tensor distances = Targets(rows).squared_distances(rows);
  const at::Tensor above = at::triu_indices(n, n, 1);
  return distances.index({above[0], above[1]}).median().sqrt().item<double>();
}

double kernel_mmd2(const at::Tensor& x, const at::Tensor& y) {
  const at::Tensor a = x.to(at::kDouble), b = y.to(at::kDouble);
  const auto m = static_cast<double>(a.size(0));
  return (own_sum(a) + own_sum(b)) / (m * (m - 1)) - 2 * block_sum(a, b) / (m * m);
}

KernelDistance kernel_distance(const at::Tensor& x, const at::Tensor& y) {
  const at::Tensor a = x.to(at::kDouble), b = y.to(at::kDouble);
  const auto m = static_cast<double>(a.size(0));
  const Sums xx(cubic_kernel(a, a), true), yy(cubic_kernel(b, b), true), xy(cubic_kernel(a, b), false);
  return {(xx.total + yy.total) / (m * (m - 1)) - 2 * xy.total / (m * m), variance_of(xx, yy, xy, m)};
}

}  // namespace autodidact
