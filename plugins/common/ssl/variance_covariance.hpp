// The three terms that VICReg and VIbCReg share, in the form that needs no F x F matrix.
//
// With X (B, F) the centred embeddings (VICReg) or these divided by their columns' norms (VIbCReg),
//   sum_{i != j} (X^T X)_ij^2 = sum_kl (X X^T)_kl^2 - sum_j (X^T X)_jj^2,
// a B x B matrix in place of F x F; the gradient with respect to X is 4 (X X^T X - X diag(X^T X)).
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::ssl {

enum class Decorrelation { covariance, correlation };

struct VarianceCovarianceTerms {
  at::Tensor similarity;     // mean over B and F of (a - b)^2
  at::Tensor variance;       // v(a) + v(b), v(z) = mean_j relu(1 - sqrt(var_j + 1e-4)), var with divisor B - 1
  at::Tensor decorrelation;  // c(a) + c(b); covariance: sum_{i != j} cov_ij^2 / F; correlation: that of corr_ij^2 / F^2
};

inline constexpr double kVarianceEps = 1e-4;
inline constexpr double kNormFloor = 1e-12;  // of a column's norm over the batch, in correlations

// a, b: (B, F) with B >= 2. Scalars with graph; the backward pass is written out.
VarianceCovarianceTerms gram_terms(const at::Tensor& a, const at::Tensor& b, Decorrelation which);

// The form by shape: Gram matrices are the smaller ones where B < F.
inline bool gram_is_smaller(const at::Tensor& z) { return z.size(0) < z.size(1); }

}  // namespace autodidact::ssl
