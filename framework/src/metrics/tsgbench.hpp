// The feature-based measures of TSGBench (Ang et al. 2023, arXiv 2309.03755), on series (N, C, L) in float64.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact {

struct MarginalDistance {
  at::Tensor components;      // (C, L - 1): mean over bins of |density difference|, steps 2..L; NaN where left out
  std::int64_t constant = 0;  // steps of equal real values
  double out_of_range = 0;    // share of generated values outside the real range, which the bins never see
};
// 50 bins over the real range of each step. skip_constant leaves steps of equal real values out (their bins are 2e-7
// wide).
MarginalDistance marginal_distance(const at::Tensor& real, const at::Tensor& generated, bool skip_constant);

// (lags, C): pooled autocorrelation for lags 0..lags-1; NaN for a constant channel.
at::Tensor autocorrelation(const at::Tensor& x, std::int64_t lags);
std::int64_t autocorrelation_lags(std::int64_t length);  // min(64, L)
// (C): L2 norm over lags of the difference.
at::Tensor autocorrelation_difference(const at::Tensor& real, const at::Tensor& generated);

// (C): pooled over samples and time; skewness over (std with divisor n - 1)^3, kurtosis in excess; NaN where constant.
at::Tensor skewness(const at::Tensor& x);
at::Tensor kurtosis(const at::Tensor& x);

}  // namespace autodidact
