// RMSNorm(x) = x / |x| * sqrt(D) * g, alone and fused with the residual sum before it.
//
// As in the reference (x-transformers 1.27) the norm has no epsilon inside the root; |x| is held above 1e-12.
// The fused form walks its rows once forward and once backward, where separate operators walk them five times.
#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

namespace autodidact::transformer {

// x (R, D) float32 or float64, gain (D) of the same type -> (R, D).
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain);

// {x + delta, RMSNorm(x + delta)}; delta (R, D) of the type of x.
std::pair<at::Tensor, at::Tensor> add_rms_norm(const at::Tensor& x, const at::Tensor& delta, const at::Tensor& gain);

}  // namespace autodidact::transformer
