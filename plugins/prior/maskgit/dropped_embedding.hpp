// Vectors of tokens with dropout on those that are not the mask, in one pass forward and backward.
//
// As separate operators the lookup, the drawing of the zeros and their product are five passes over (B, N, E), and the
// library draws each zero by a call. Here each is a hash of its place and of two numbers from the default generator,
// and the backward pass draws the same ones again.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::maskgit {

// table (rows, E) float32 or float64, ids (B, N) int64 -> (B, N, E): row ids[b, i]; of ids other than `mask_id` each
// entry is 0 with probability p, else divided by 1 - p.
at::Tensor dropped_embedding(const at::Tensor& table, const at::Tensor& ids, std::int64_t mask_id, double p);

}  // namespace autodidact::maskgit
