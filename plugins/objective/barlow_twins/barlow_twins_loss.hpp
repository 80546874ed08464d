// The loss of Barlow Twins as a function of two embeddings.
//   J. Zbontar et al., Barlow Twins: Self-Supervised Learning via Redundancy Reduction, ICML 2021,
//   https://arxiv.org/abs/2103.03230, equations 1 and 2.
//
// With A and B the embeddings standardised per feature over the batch and C = A^T B / n (equation 2),
//   loss = sum_i (1 - C_ii)^2 + lambda sum_{i != j} C_ij^2 (equation 1).
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::barlow_twins {

struct Options {
  double lambda = 0.005;
  // differs: equation 2 has no eps. `biased` std with eps under the root is the authors' code (batch normalisation);
  // `unbiased` std with eps added to it is that of NC-VQVAE, where C_ii cannot exceed (n - 1) / n.
  bool unbiased = false;
  double eps = 1e-5;
  // differs: the mean over the features in place of the sum of equation 1, so that the weight of the objective does not
  // depend on the projector's width.
  bool mean_over_features = true;
};

struct Terms {
  at::Tensor invariance;  // sum_i (1 - C_ii)^2, divided by F with mean_over_features
  at::Tensor redundancy;  // lambda sum_{i != j} C_ij^2, likewise
};

// a, b: (n, F), n >= 2, one type of float. Scalars with graph. The form is chosen by shape.
Terms barlow_twins_loss(const at::Tensor& a, const at::Tensor& b, const Options& options);

// As written above, with the F x F matrix C.
Terms direct_form(const at::Tensor& a, const at::Tensor& b, const Options& options);
// The same by two n x n matrices: sum_ij (A^T B)_ij^2 = sum_kl (A A^T)_kl (B B^T)_kl. The backward pass is written out.
Terms gram_form(const at::Tensor& a, const at::Tensor& b, const Options& options);

}  // namespace autodidact::barlow_twins
