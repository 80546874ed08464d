// Iterative normalisation: whitening by Newton's iteration in groups of channels.
//   L. Huang et al., Iterative Normalization: Beyond Standardization towards Efficient Whitening, CVPR 2019,
//   https://arxiv.org/abs/1904.03441, Algorithm 1 and equations 5 to 7.
//
// Per group, with X_c (B, c) the centred rows: S = X_c^T X_c / B + eps I, S_N = S / tr(S), P_0 = I,
// P_{k+1} = (3 P_k - P_k^3 S_N) / 2, W = P_T / sqrt(tr S), Y = X_c W^T.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "common/nn/state.hpp"

namespace autodidact::ssl {

// Channels of a group when `groups` are asked for: ceil(features / groups), halved until it divides the features. With
// features <= groups that is 1, and whitening is plain standardisation.
std::int64_t channels_per_group(std::int64_t features, std::int64_t groups);

struct Whitened {
  at::Tensor y;       // (V, B, F), with graph
  at::Tensor mean;    // (V, groups, c, 1)
  at::Tensor matrix;  // (V, groups, c, c), W
};
// x: (V, B, F), each of the V views on its own; B >= 2, steps T >= 1. The backward pass is written out.
Whitened whiten(const at::Tensor& x, std::int64_t channels, std::int64_t steps, double eps);

struct IterNorm {
  std::int64_t channels = 1, steps = 5;
  double eps = 1e-5, momentum = 0.1;
  at::Tensor weight, bias;    // (F); undefined without the affine part
  at::Tensor running_mean;    // (groups, c, 1), buffer
  at::Tensor running_matrix;  // (groups, c, c), buffer

  IterNorm() = default;
  IterNorm(std::int64_t features, std::int64_t groups, std::int64_t steps, bool affine = true);

  // x: (V, B, F) -> the same shape. In training each view is whitened with its own statistics, and the running ones
  // take a step for each in turn; in evaluation the running ones are used and nothing changes.
  at::Tensor operator()(const at::Tensor& x, bool training) const;
  void list(const std::string& name, nn::State& out) const;
};

}  // namespace autodidact::ssl
