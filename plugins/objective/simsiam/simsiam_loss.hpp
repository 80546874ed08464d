// The loss of SimSiam as a function of two predictions and two projections.
//   X. Chen, K. He, Exploring Simple Siamese Representation Learning, CVPR 2021, https://arxiv.org/abs/2011.10566,
//   equations 1 to 4.
//
//   D(p, z) = -<p / |p|, z / |z|>, the mean over the batch          (1)
//   loss = 1/2 D(p_a, stop(z_b)) + 1/2 D(p_b, stop(z_a))            (2, with the stop-gradient of 3 and 4)
// with z the projection of a view and p = h(z) what the predictor makes of it.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::simsiam {

struct Terms {        // each in [-1/2, 1/2]
  at::Tensor a_to_b;  // 1/2 D(p_a, stop(z_b))
  at::Tensor b_to_a;  // 1/2 D(p_b, stop(z_a))
};

// p_a, z_a, p_b, z_b: (B, F), one type of float. Scalars with graph; no gradient reaches z_a and z_b through this.
Terms simsiam_loss(const at::Tensor& p_a, const at::Tensor& z_a, const at::Tensor& p_b, const at::Tensor& z_b);

}  // namespace autodidact::simsiam
