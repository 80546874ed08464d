// Frechet distance of Gaussian fits to two sets of features (Heusel et al. 2017, arXiv 1706.08500).
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact {

struct Gaussian {
  at::Tensor mean;        // (D)
  at::Tensor covariance;  // (D, D), divisor n - 1
};
Gaussian fit_gaussian(const at::Tensor& features);  // (N, D), N >= 2

// |mu_a - mu_b|^2 + tr S_a + tr S_b - 2 tr (S_a S_b)^(1/2) of features (N, D), (M, D), N and M >= 2. No eps, not
// clamped. The trace is the nuclear norm of A_c B_c^T / sqrt((n - 1)(m - 1)), exact also where D exceeds n; for D > 512
// and more rows than that in both sets it is taken from the symmetric eigenvalues, which are faster there.
double frechet_distance(const at::Tensor& a, const at::Tensor& b);

// The two forms of tr (S_a S_b)^(1/2), on centred features; equal, for tests.
double root_trace_symmetric(const at::Tensor& a, const at::Tensor& b);
double root_trace_nuclear(const at::Tensor& a, const at::Tensor& b);

}  // namespace autodidact
