// Queries and keys of length one before attention, with a learned factor per channel, and keys that belong to no token.
//
// A. Henry et al., "Query-Key Normalization for Transformers", EMNLP Findings 2020, https://arxiv.org/abs/2010.04245.
// Normalising, scaling and putting the extra key in front is one pass over the projection, forward and backward;
// separate operators make eight.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::transformer {

// qkv (B, S, 3, H, D) float32 or float64, front (3, H, D), q_gain and k_gain (D) -> (B, S + 1, 3, H, D): position 0 of
// each series is `front` as it is; at the others q and k are divided by their L2 norms (held above 1e-12) and
// multiplied by their gains, v stays.
at::Tensor qk_norm(const at::Tensor& qkv, const at::Tensor& front, const at::Tensor& q_gain, const at::Tensor& k_gain);

}  // namespace autodidact::transformer
