// skip + dropout(f), the end of a residual block, in one pass each way.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::nn {

// f and skip of one shape, float32 or float64. Each value of f stays with probability 1 - p, divided by it. One number
// from the default generator seeds a counter-based hash of the position, so that no mask is stored.
at::Tensor drop_add(const at::Tensor& f, const at::Tensor& skip, double p);

}  // namespace autodidact::nn
