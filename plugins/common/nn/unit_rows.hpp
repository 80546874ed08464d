// Rows divided by their L2 norm, in one pass each way.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::nn {

// x (R, D) float32 or float64 -> x / max(|x|, 1e-12), row by row.
at::Tensor unit_rows(const at::Tensor& x);

}  // namespace autodidact::nn
