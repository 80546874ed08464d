// Standardisation per channel with training statistics.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data/readers.hpp"
#include "data/split.hpp"

namespace autodidact {

struct Scaling {
  std::vector<double> mean, std;       // per channel; std 1 for a constant channel
  std::vector<std::int64_t> constant;  // channels without variation, from 0
};

// Mean and population standard deviation over the finite values of the series `of`, in float64. Throws DataError for a
// channel without a value, for values so large that the variance overflows, and if no channel varies.
Scaling fit_scaling(const RawTable& table, const Indices& of);
// One series (C, L), scaled; NaN becomes 0.
void scale_series(const RawTable& table, std::int64_t series, const Scaling& scaling, float* out);
// (1, C, 1) float64, for arithmetic with series (N, C, L).
at::Tensor per_channel(const std::vector<double>& values);

}  // namespace autodidact
