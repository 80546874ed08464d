// Scaled dot-product attention in which a position sees itself and what came before (A. Vaswani et al., "Attention is
// all you need", NIPS 2017, section 3.2.3): for whole sequences, with its gradient, and for one position after the
// other.
//
// As in common/transformer/attention.hpp, one batched product a head: at some tens of positions it beats the flash
// kernel.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::autoregressive {

// qkv (B, S, 3, H, D): queries, keys, values -> (B, S, H * D) of the same type (float32, float64, bfloat16;
// exponentials and sums of the softmax are never below float32).
at::Tensor causal_attention(const at::Tensor& qkv);

// Keys and values of the positions decided so far, of one layer.
struct KeyValues {
  at::Tensor keys, values;  // (B, H, S, D)

  KeyValues() = default;
  KeyValues(std::int64_t batch, std::int64_t heads, std::int64_t positions, std::int64_t width,
            const at::TensorOptions& options);
};

// qkv (B, 3, H, D) of position `position`; it is written into `past`, which holds all positions before -> (B, H * D),
// that row of causal_attention.
at::Tensor attend(const at::Tensor& qkv, KeyValues& past, std::int64_t position);

}  // namespace autodidact::autoregressive
