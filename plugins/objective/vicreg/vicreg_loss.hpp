// The loss of VICReg as a function of two embeddings.
//   A. Bardes, J. Ponce, Y. LeCun, VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning,
//   ICLR 2022, https://arxiv.org/abs/2105.04906, equations 1 to 6.
//
//   v(Z) = mean_j max(0, 1 - sqrt(Var(z_j) + 1e-4))                 (1, 2), Var with divisor B - 1
//   c(Z) = sum_{i != j} Cov(Z)_ij^2 / F                             (3, 4), Cov with divisor B - 1
//   s(Z, Z') = mean over B and F of (Z - Z')^2                      (5)
//   loss = lambda s + mu (v(Z) + v(Z')) + nu (c(Z) + c(Z'))         (6)
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::vicreg {

struct Options {
  double similarity = 25.0;  // lambda
  double variance = 25.0;    // mu
  double covariance = 1.0;   // nu
  // The authors' code takes half the sum of the variance terms; the paper and NC-VQVAE take the sum.
  bool halve_variance = false;
};

struct Terms {  // not weighted
  // differs: equation 5 divides the squared distance by B alone; the authors' code, and this, by B F.
  at::Tensor similarity;
  at::Tensor variance;    // v(a) + v(b), or half of it
  at::Tensor covariance;  // c(a) + c(b)
};

// a, b: (B, F), B >= 2, one type of float. Scalars with graph. The form is chosen by shape.
Terms vicreg_terms(const at::Tensor& a, const at::Tensor& b, const Options& options);

// As written above, with the F x F covariances.
Terms direct_form(const at::Tensor& a, const at::Tensor& b, const Options& options);
// The same by B x B matrices (common/ssl/variance_covariance.hpp).
Terms gram_form(const at::Tensor& a, const at::Tensor& b, const Options& options);

// Equation 6.
at::Tensor vicreg_loss(const Terms& terms, const Options& options);

}  // namespace autodidact::vicreg
