// RMSNorm(x) = x / |x| * sqrt(D) * g, alone and fused with the residual sum before it.
//
// As in the reference (x-transformers 1.27) the norm has no epsilon inside the root; |x| is held above 1e-12.
// The fused form walks its rows once forward and once backward, where separate operators walk them five times; it also
// takes and gives bfloat16 beside a float32 residual stream, so that no pass only converts.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/ScalarType.h>

#include <utility>

namespace autodidact::transformer {

// x (R, D) float32 or float64, gain (D) of the same type -> (R, D) of type `out`: that of x, or bfloat16 for float32.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, at::ScalarType out);

// {x + delta, RMSNorm(x + delta)}: delta (R, D) of the type of x, or bfloat16 for float32. The sum has the type of x,
// the normed rows that of delta.
std::pair<at::Tensor, at::Tensor> add_rms_norm(const at::Tensor& x, const at::Tensor& delta, const at::Tensor& gain);

}  // namespace autodidact::transformer
