// Hidden positions of a first-order chain between visible ones, exactly: the forward-backward recursions (L. R. Rabiner,
// "A tutorial on hidden Markov models and selected applications in speech recognition", Proceedings of the IEEE 77(2),
// 1989, section III.A) where a visible position pins its state.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::markov {

// start (K) and transition (K, K) float64, rows summing to 1; tokens (B, N) int64, mask (B, N) bool, true where hidden.
// (M, K) float64: p(token | all visible tokens of the series) of each hidden position, row-major. Where the visible
// tokens cannot all occur (possible only without smoothing) the tokens after the position are left aside.
at::Tensor bridge(const at::Tensor& start, const at::Tensor& transition, const at::Tensor& tokens,
                  const at::Tensor& mask);

}  // namespace autodidact::markov
