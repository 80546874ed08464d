// The softmax over a large vocabulary in few passes: drawing from it, and its cross-entropy.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/transformer/categorical.hpp"

namespace autodidact::transformer {

// One code a row from softmax(states weight^T + bias): the first whose cumulative probability exceeds the number.
// states (R, H), weight (K, H), bias (K), uniform (R) in (0, 1), all float32. Some rows at a time: their logits never
// leave the cache. Rows do not depend on each other.
Draw draw_from_states(const at::Tensor& states, const at::Tensor& weight, const at::Tensor& bias,
                      const at::Tensor& uniform);

struct CrossEntropy {
  at::Tensor loss;  // mean over the rows, a scalar with graph
  at::Tensor hit;   // (R) bool: no logit is above the target's
};
// logits (R, K) float32 or float64, target (R) int64 in [0, K), as at::cross_entropy_loss with this label smoothing.
CrossEntropy cross_entropy(const at::Tensor& logits, const at::Tensor& target, double label_smoothing);

}  // namespace autodidact::transformer
