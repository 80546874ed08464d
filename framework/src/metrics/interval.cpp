// Intervals of measures: subsampling for measures of sets, t for repeats.
#include <ATen/ATen.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "metrics/families.hpp"
#include "metrics/quantile.hpp"
#include "metrics/random.hpp"

namespace autodidact {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<Subset> interval_subsets(std::int64_t n_real, std::int64_t m_real, std::int64_t n_generated,
                                     std::int64_t m_generated, std::uint64_t seed) {
  Stream64 real = stream_for(seed, "interval real"), generated = stream_for(seed, "interval generated");
  std::vector<Subset> subsets;
  for (std::int64_t i = 0; i < kIntervalDraws; ++i)
    subsets.push_back({draw_subset(n_real, m_real, real), draw_subset(n_generated, m_generated, generated)});
  return subsets;
}

double deviation_scale(std::int64_t m, std::int64_t n) {
  return std::sqrt(static_cast<double>(m) / static_cast<double>(n - m));
}

std::pair<double, double> interval_around(double value, std::vector<double> draws, double scale) {
  std::erase_if(draws, [](double v) { return !std::isfinite(v); });
  if (draws.size() < 2 || !std::isfinite(value)) return {kNone, kNone};
  const double mean = mean_of(draws);
  std::sort(draws.begin(), draws.end());
  return {value + scale * (quantile(draws, 0.025) - mean), value + scale * (quantile(draws, 0.975) - mean)};
}

std::pair<double, double> share_interval(double share, std::int64_t count) {
  const double z = 1.959963984540054, n = static_cast<double>(count);
  const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {centre - half, centre + half};
}

void put_repeats(const std::vector<double>& values, Measurement& row) {
  const auto count = static_cast<double>(values.size());
  row.repeats = static_cast<std::int64_t>(values.size());
  if (values.empty()) return;
  row.value = mean_of(values);
  if (values.size() < 2) return;
  double squares = 0;
  for (const double v : values) squares += (v - row.value) * (v - row.value);
  row.std = std::sqrt(squares / (count - 1));
  const double t = boost::math::quantile(boost::math::students_t(count - 1), 0.975);
  row.low = row.value - t * row.std / std::sqrt(count);
  row.high = row.value + t * row.std / std::sqrt(count);
}

}  // namespace autodidact
