// Bidirectional scaled dot-product attention on a fused projection, for short sequences.
//
// At some tens of positions the flash kernel of LibTorch spends its time on tiles that are mostly empty; one batched
// product a head is faster (measured at 256 series x 41 positions x 2 heads: 17 against 28 ms forward and backward,
// and 17 against 64 ms in bfloat16).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::transformer {

// qkv (B, S, 3, H, D): queries, keys, values -> (B, S, H * D), softmax(q k^T / sqrt(D)) v per head. The products and the
// softmax are computed in float32 (float64 for float64); the result has the type of qkv.
at::Tensor attention(const at::Tensor& qkv);

}  // namespace autodidact::transformer
