// The loss of VIbCReg as a function of two embeddings.
//   D. Lee, E. Aune, Computer Vision Self-supervised Learning Methods on Time Series, 2021,
//   https://arxiv.org/abs/2109.00783 (VIbCReg: Variance-Invariance-better-Covariance Regularization).
//
//   s(Z, Z') = mean over B and F of (Z - Z')^2
//   v(Z) = mean_j max(0, 1 - sqrt(Var(z_j) + 1e-4)), Var with divisor B - 1
//   c(Z) = (1 / F^2) sum_{i != j} (Z_n^T Z_n)_ij^2, Z_n the centred columns divided by their norms over the batch, so
//   that
//          the matrix is that of correlations: "better covariance", of one scale whatever the embeddings'
//   loss = lambda s + mu (v(Z) + v(Z')) + nu (c(Z) + c(Z'))
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::vibcreg {

struct Options {
  double similarity = 25.0;   // lambda
  double variance = 25.0;     // mu
  double covariance = 100.0;  // nu; differs: 200 in the authors' code, 100 in NC-VQVAE
};

struct Terms {  // not weighted
  at::Tensor similarity;
  at::Tensor variance;    // v(a) + v(b)
  at::Tensor covariance;  // c(a) + c(b)
};

// a, b: (B, F), B >= 2, one type of float. Scalars with graph. The form is chosen by shape.
Terms vibcreg_terms(const at::Tensor& a, const at::Tensor& b);

// As written above, with the F x F correlations. A constant column contributes nothing and has a finite gradient.
Terms direct_form(const at::Tensor& a, const at::Tensor& b);
// The same by B x B matrices (common/ssl/variance_covariance.hpp).
Terms gram_form(const at::Tensor& a, const at::Tensor& b);

at::Tensor vibcreg_loss(const Terms& terms, const Options& options);

}  // namespace autodidact::vibcreg
