// Attention on queries and keys of length one, with a learned factor per channel and a key that belongs to no token.
//
// A. Henry et al., "Query-Key Normalization for Transformers", EMNLP Findings 2020, https://arxiv.org/abs/2010.04245.
// One pass over each series and head, forward and backward: normalising, the products (small_products.hpp), the
// softmax. It stands for some thirty small operator calls a head.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::transformer {

// qkv (B, S, 3, H, D) float32 or float64, front (2, H, D): a key, taken as it is, and its value, before those of the S
// positions; q_gain and k_gain (D) -> (B, S, H * D): softmax(q k^T / sqrt(D)) v per head, where q and k of the
// positions are divided by their L2 norms (held above 1e-12) and multiplied by their gains.
at::Tensor cosine_attention(const at::Tensor& qkv, const at::Tensor& front, const at::Tensor& q_gain,
                            const at::Tensor& k_gain);

}  // namespace autodidact::transformer
