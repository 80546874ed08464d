// Drawing codes: one uniform number a token and the inverse of the cumulative distribution.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::transformer {

struct Draw {
  at::Tensor index;        // (R) int64
  at::Tensor probability;  // (R) float32, of what was drawn
};

// probabilities (R, K) float32, rows summing to 1 within rounding; uniform (R) float32 in (0, 1). The first k whose
// cumulative probability exceeds the number; a code of probability 0 is never drawn.
Draw draw_categorical(const at::Tensor& probabilities, const at::Tensor& uniform);

}  // namespace autodidact::transformer
