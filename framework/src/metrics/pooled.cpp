#include "metrics/pooled.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "metrics/distance.hpp"
#include "metrics/families.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kPoints = 100;
constexpr std::int64_t kBlock = 1 << 16;  // values a block

at::Tensor pooled(const at::Tensor& x) { return x.to(at::kDouble).flatten(); }

// Density at `points` of a Gaussian KDE with Scott's bandwidth, std (divisor n - 1) times n^(-1/5).
at::Tensor density(const at::Tensor& values, const at::Tensor& points) {
  const auto n = static_cast<double>(values.size(0));
  const double width = values.std().item<double>() * std::pow(n, -0.2);
  const at::Tensor sums = at::zeros_like(points);
  for (std::int64_t first = 0; first < values.size(0); first += kBlock) {
    const at::Tensor part = values.narrow(0, first, std::min(kBlock, values.size(0) - first));
    sums.add_(((points.unsqueeze(1) - part) / width).square().mul(-0.5).exp().sum(1));
  }
  return sums / (n * width * std::sqrt(2 * std::numbers::pi));
}

// (L): sum over time of x_t x_{t+k}, mean over series and channels.
at::Tensor raw_autocorrelation(const at::Tensor& x) {
  const at::Tensor rows = x.to(at::kDouble).flatten(0, 1).contiguous();
  const std::int64_t n = rows.size(0), length = rows.size(1);
  const at::Tensor out = at::zeros({length}, at::kDouble);
  double* sum = out.data_ptr<double>();
  const double* row = rows.const_data_ptr<double>();
  for (std::int64_t i = 0; i < n; ++i, row += length)
    for (std::int64_t k = 0; k < length; ++k) sum[k] += dot(row, row + k, length - k);
  return out / static_cast<double>(n);
}

// Third or fourth central moment over the standard deviation to that power, both biased.
double standard_moment(const at::Tensor& x, int power) {
  const at::Tensor centred = pooled(x) - pooled(x).mean();
  const double variance = centred.square().mean().item<double>();
  return centred.pow(power).mean().item<double>() / std::pow(variance, 0.5 * power);
}

}  // namespace

double mdd_kde(const at::Tensor& real, const at::Tensor& generated) {
  const at::Tensor x = pooled(real), y = pooled(generated);
  const double low = std::min(x.min().item<double>(), y.min().item<double>());
  const double high = std::max(x.max().item<double>(), y.max().item<double>());
  const at::Tensor points = at::linspace(low, high, kPoints, at::kDouble);
  return (density(x, points) - density(y, points)).abs().mean().item<double>();
}

double acd_raw(const at::Tensor& real, const at::Tensor& generated) {
  return (raw_autocorrelation(real) - raw_autocorrelation(generated)).abs().mean().item<double>();
}

double sd_pooled(const at::Tensor& real, const at::Tensor& generated) {
  return std::abs(standard_moment(real, 3) - standard_moment(generated, 3));
}

double kd_pooled(const at::Tensor& real, const at::Tensor& generated) {
  return std::abs(standard_moment(real, 4) - standard_moment(generated, 4));
}

void measure_pooled(const Sets& series, const FloorRows& equal, Report& report) {
  if (!series.samples.defined()) return;
  const Comparison all = [](const at::Tensor& real, const at::Tensor& generated) {
    const bool constant = real.amax().equal(real.amin()) || generated.amax().equal(generated.amin());
    const auto outcome = [&](double value, bool needs_spread) {
      if (needs_spread && constant) return Outcome{kNone, "undefined", "a set is constant"};
      return Outcome{value, "ok", ""};
    };
    return std::vector<Outcome>{outcome(constant ? kNone : mdd_kde(real, generated), true),
                                outcome(acd_raw(real, generated), false), outcome(sd_pooled(real, generated), true),
                                outcome(kd_pooled(real, generated), true)};
  };
  SetMeasure measure{{"mdd_kde", "acd_raw", "sd_pooled", "kd_pooled"}, all};
  measure.most_numbers = 1 << 15;  // a hundred kernels a value
  compare_sets(measure, series, equal, report);
}

}  // namespace autodidact
