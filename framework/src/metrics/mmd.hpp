// Maximum mean discrepancies between two sets (Gretton et al. 2012; Binkowski et al. 2018, arXiv 1801.01401).
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact {

// V-statistic with diagonals, kernel exp(-|a - b|^2 / (2 l^2)) on rows (N, D), (M, D): never negative, biased upwards.
double gaussian_mmd2(const at::Tensor& x, const at::Tensor& y, double length_scale);
// Median distance of different rows: the length scale that a dataset fixes.
double median_distance(const at::Tensor& rows);

struct KernelDistance {
  double mmd2 = 0;      // unbiased, may be negative; kernel (a.b / D + 1)^3, diagonals left out
  double variance = 0;  // estimate of the variance of mmd2
};
// x, y (m, D) of equal size m >= 4.
KernelDistance kernel_distance(const at::Tensor& x, const at::Tensor& y);
// The distance alone, m >= 2: the kernel is summed as it is made.
double kernel_mmd2(const at::Tensor& x, const at::Tensor& y);

}  // namespace autodidact
