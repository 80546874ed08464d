// Distances to the nearest series, and what counts as a copy.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact {

// A sample is a copy if it lies nearer to a training series than a tenth of what training series usually (median) have
// to their nearest other one.
inline constexpr double kCopyRadius = 0.1;

// rows (N, D), others (M, D) float64 -> (N) Euclidean distance to the nearest other row. own (N): the row of `others`
// that each one is itself, which does not count.
at::Tensor nearest_distances(const at::Tensor& rows, const at::Tensor& others, const at::Tensor& own = {});

}  // namespace autodidact
