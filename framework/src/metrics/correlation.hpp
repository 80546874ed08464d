// Cross-correlations of channels (Ni et al. 2020, arXiv 2006.05421), on series (N, C, L).
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact {

// (C (C + 1) / 2): lag-0 products of standardised channels, pairs (0,0), (1,0), (1,1), (2,0), ... NaN for a constant
// channel.
at::Tensor cross_correlations(const at::Tensor& x);
// Sum over pairs of the absolute difference, divided by 10 (a constant of the reference, not the number of pairs).
double correlational_score(const at::Tensor& real, const at::Tensor& generated);

}  // namespace autodidact
