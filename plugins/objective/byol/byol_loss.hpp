// The loss of BYOL and the schedule of its target, as functions.
//   J.-B. Grill et al., Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning, NeurIPS 2020,
//   https://arxiv.org/abs/2006.07733, section 3.
//
//   L = |q / |q| - z' / |z'||^2 = 2 - 2 <q, z'> / (|q| |z'|), the mean over the batch      (2)
//   with q the online prediction of one view and z' the target projection of the other; the loss adds the term with the
//   views exchanged.
//   target <- m target + (1 - m) online                                                   (1)
//   m = 1 - (1 - m0) (cos(pi k / K) + 1) / 2 at step k of K
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::byol {

struct Terms {        // each in [0, 4]
  at::Tensor a_to_b;  // prediction of a, target projection of b
  at::Tensor b_to_a;
};

// All (B, F), one type of float. Scalars with graph; no gradient reaches the targets through this.
Terms byol_loss(const at::Tensor& q_a, const at::Tensor& q_b, const at::Tensor& target_a, const at::Tensor& target_b);

// m of equation 1: from m0 at step 0 to 1 at the end.
double target_momentum(double m0, std::int64_t step, std::int64_t total_steps);

}  // namespace autodidact::byol
