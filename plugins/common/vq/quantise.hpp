#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::vq {

struct Quantised {
  at::Tensor z_q;         // (R, d) the codes exactly, with the gradient of z (straight-through)
  at::Tensor commitment;  // scalar: mean over all elements of (z - sg[code])^2
};
// z (R, d), codes (K, d) of one type, index (R) int64. Backward in one pass: dz = d z_q + d commitment 2 (z - code) /
// (R d).
Quantised quantise(const at::Tensor& z, const at::Tensor& codes, const at::Tensor& index);

}  // namespace autodidact::vq
