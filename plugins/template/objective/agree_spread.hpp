// The loss on two projected views: what this method is. All else in this folder carries it.
#pragma once

#include "autodidact/plugin/params.hpp"
#include "autodidact/plugin/types.hpp"

namespace autodidact::agree_spread {

// a, b: (B, width), B >= 2, row i of both from series i. Scalars with graph, named and already weighted; their sum is
// the loss.
Scalars terms(const at::Tensor& a, const at::Tensor& b, const Params& params);

}  // namespace autodidact::agree_spread
