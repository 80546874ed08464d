#include "metrics/tsgbench.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "metrics/distance.hpp"
#include "metrics/families.hpp"

namespace autodidact {
namespace {

constexpr int kBins = 50;

// One step of one channel: values of all real and all generated series.
struct Step {
  const double *real, *generated;
  std::int64_t n, m;
};

struct StepResult {
  double distance = 0;
  bool constant = false;
  std::int64_t outside = 0;
};

StepResult step_distance(const Step& step) {
  const auto [low_at, high_at] = std::minmax_element(step.real, step.real + step.n);
  const double low = *low_at, top = *high_at;
  StepResult result{0, low == top, 0};
  const double high = result.constant ? top + 1e-5 : top;
  const double width = (high - low) / kBins;
  std::int64_t real_count[kBins] = {}, generated_count[kBins] = {};
  for (std::int64_t i = 0; i < step.n; ++i) {
    const auto bin = static_cast<int>((step.real[i] - low) / (high - low) * kBins);
    ++real_count[std::clamp(bin, 0, kBins - 1)];
  }
  for (std::int64_t i = 0; i < step.m; ++i) {
    const double value = step.generated[i];
    if (value < low || value > high) {
      ++result.outside;
      continue;
    }
    const int bin = std::clamp(static_cast<int>((value - low) / width), 0, kBins - 1);
    const double centre = low + (bin + 0.5) * width;
    if (std::abs(value - centre) < width / 2) ++generated_count[bin];  // a value on an edge belongs to no bin
  }
  for (int bin = 0; bin < kBins; ++bin)
    result.distance += std::abs(static_cast<double>(generated_count[bin]) / static_cast<double>(step.m) -
                                static_cast<double>(real_count[bin]) / static_cast<double>(step.n));
  result.distance /= width * kBins;
  return result;
}

// (C), NaN where a channel is constant; `f` gets (C, N * L) centred values.
template <typename F>
at::Tensor per_channel(const at::Tensor& x, const F& f) {
  const at::Tensor pooled = x.to(at::kDouble).transpose(0, 1).flatten(1);
  const at::Tensor constant = pooled.amax(1).eq(pooled.amin(1));
  return f(pooled - pooled.mean(1, /*keepdim=*/true)).masked_fill(constant, kNone);
}

// Mean over the channels that have a value.
Outcome mean_over_channels(const at::Tensor& channels) {
  const at::Tensor defined = channels.masked_select(channels.isnan().logical_not());
  const std::int64_t missing = channels.numel() - defined.numel();
  if (defined.numel() == 0) return {kNone, "undefined", "every channel is constant"};
  const std::string note = missing ? std::to_string(missing) + " constant channel(s) left out" : "";
  return {defined.mean().item<double>(), missing ? "degraded" : "ok", note};
}

Outcome marginal_outcome(const at::Tensor& real, const at::Tensor& generated) {
  if (real.size(2) < 2) return {kNone, "undefined", "one time step only"};
  const MarginalDistance found = marginal_distance(real, generated, /*skip_constant=*/true);
  char text[96];
  std::snprintf(text, sizeof text, "%.4f of the values outside the real range", found.out_of_range);
  Outcome outcome{kNone, "ok", text};
  const at::Tensor kept = found.components.masked_select(found.components.isnan().logical_not());
  if (found.constant > 0) {
    outcome.status = kept.numel() ? "degraded" : "undefined";
    append_note(outcome.note, std::to_string(found.constant) + " constant step(s) left out");
  }
  if (kept.numel()) outcome.value = kept.mean().item<double>();
  return outcome;
}

std::vector<Outcome> outcomes_of(const at::Tensor& real, const at::Tensor& generated) {
  return {marginal_outcome(real, generated), mean_over_channels(autocorrelation_difference(real, generated)),
          mean_over_channels((skewness(generated) - skewness(real)).abs()),
          mean_over_channels((kurtosis(generated) - kurtosis(real)).abs())};
}

}  // namespace

MarginalDistance marginal_distance(const at::Tensor& real, const at::Tensor& generated, bool skip_constant) {
  const std::int64_t channels = real.size(1), length = real.size(2), n = real.size(0), m = generated.size(0);
  const at::Tensor x = real.to(at::kDouble).permute({1, 2, 0}).contiguous();       // (C, L, N)
  const at::Tensor y = generated.to(at::kDouble).permute({1, 2, 0}).contiguous();  // (C, L, M)
  MarginalDistance result;
  result.components = at::empty({channels, length - 1}, at::kDouble);
  auto components = result.components.accessor<double, 2>();
  std::int64_t outside = 0, kept = 0;
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t t = 1; t < length; ++t) {
      const std::int64_t at = c * length + t;
      const StepResult step =
          step_distance({x.const_data_ptr<double>() + at * n, y.const_data_ptr<double>() + at * m, n, m});
      result.constant += step.constant;
      components[c][t - 1] = step.constant && skip_constant ? kNone : step.distance;
      outside += step.outside;
      kept += m;
    }
  result.out_of_range = kept > 0 ? static_cast<double>(outside) / static_cast<double>(kept) : 0;
  return result;
}

std::int64_t autocorrelation_lags(std::int64_t length) { return std::min<std::int64_t>(64, length); }

at::Tensor autocorrelation(const at::Tensor& x, std::int64_t lags) {
  const std::int64_t n = x.size(0), channels = x.size(1), length = x.size(2);
  const at::Tensor out = at::zeros({lags, channels}, at::kDouble);
  auto sums = out.accessor<double, 2>();
  for (std::int64_t c = 0; c < channels; ++c) {
    const at::Tensor channel = x.select(1, c).to(at::kDouble);
    if (channel.amax().equal(channel.amin())) {
      out.select(1, c).fill_(kNone);
      continue;
    }
    const at::Tensor centred = (channel - channel.mean()).contiguous();
    const double* row = centred.const_data_ptr<double>();
    for (std::int64_t i = 0; i < n; ++i, row += length)
      for (std::int64_t k = 0; k < lags; ++k) sums[k][c] += dot(row, row + k, length - k);
    const double variance = sums[0][c] / static_cast<double>(n * length);
    for (std::int64_t k = 0; k < lags; ++k) sums[k][c] /= static_cast<double>(n * (length - k)) * variance;
  }
  return out;
}

at::Tensor autocorrelation_difference(const at::Tensor& real, const at::Tensor& generated) {
  const std::int64_t lags = autocorrelation_lags(real.size(2));
  return at::linalg_vector_norm(autocorrelation(generated, lags) - autocorrelation(real, lags), 2, at::IntArrayRef{0});
}

at::Tensor skewness(const at::Tensor& x) {
  return per_channel(x, [](const at::Tensor& v) {
    const double n = static_cast<double>(v.size(1));
    const at::Tensor variance = v.square().sum(1) / (n - 1);
    return (v * v * v).mean(1) / variance.pow(1.5);
  });
}

at::Tensor kurtosis(const at::Tensor& x) {
  return per_channel(x, [](const at::Tensor& v) {
    const at::Tensor squares = v.square();
    return squares.square().mean(1) / squares.mean(1).square() - 3.0;
  });
}

void measure_tsgbench(const Sets& series, const FloorRows& equal, Report& report) {
  if (!series.samples.defined()) return;
  compare_sets({{"mdd", "acd", "sd", "kd"}, outcomes_of}, series, equal, report);
}

}  // namespace autodidact
