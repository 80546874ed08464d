#include "metrics/correlation.hpp"

#include <ATen/ATen.h>

#include "metrics/families.hpp"

namespace autodidact {

at::Tensor cross_correlations(const at::Tensor& x) {
  const std::int64_t channels = x.size(1);
  const at::Tensor pooled = x.to(at::kDouble).transpose(0, 1).flatten(1);  // (C, N L)
  const at::Tensor centred = pooled - pooled.mean(1, /*keepdim=*/true);
  const at::Tensor constant = pooled.amax(1).eq(pooled.amin(1));
  const at::Tensor std = centred.std(1).masked_fill(constant, kNone).unsqueeze(1);
  const at::Tensor unit = centred / std;
  const at::Tensor products = at::mm(unit, unit.t()) / static_cast<double>(pooled.size(1));
  const at::Tensor below = at::tril_indices(channels, channels);
  return products.index({below[0], below[1]});
}

double correlational_score(const at::Tensor& real, const at::Tensor& generated) {
  return (cross_correlations(generated) - cross_correlations(real)).abs().sum().item<double>() / 10.0;
}

void measure_correlation(const Sets& series, const FloorRows& equal, Report& report) {
  if (!series.samples.defined() || series.test.size(1) < 2) return;  // of one channel the score is always 0
  const Comparison score = [](const at::Tensor& real, const at::Tensor& generated) {
    const double value = correlational_score(real, generated);
    const bool defined = value == value;
    return std::vector<Outcome>{{value, defined ? "ok" : "undefined", defined ? "" : "a channel is constant"}};
  };
  compare_sets({{"correlational"}, score}, series, equal, report);
}

}  // namespace autodidact
