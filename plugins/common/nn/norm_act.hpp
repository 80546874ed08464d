// Batch normalisation with what stands around it in a residual network, in training: the bias of the convolution before
// it, a residual sum before it, a LeakyReLU behind it. One operator reads its input twice forward and twice backward,
// where separate ones do so nine times.
//
//   s = x + absorbed_bias [+ residual],  normed = BatchNorm(s),  activated = LeakyReLU(normed)
//
// The mean of the batch takes a constant per channel away again, so the absorbed bias moves the running mean and
// nothing else, and its gradient is exactly zero (summing it, as separate operators do, gives rounding noise).
#pragma once

#include <ATen/core/Tensor.h>

#include "common/nn/batch_norm.hpp"

namespace autodidact::nn {

struct NormActInput {
  at::Tensor x;              // (B, F, H, W) float32, bfloat16 or float64; fastest in channels-last memory
  at::Tensor residual;       // the same shape and type, or undefined
  at::Tensor absorbed_bias;  // (F), or undefined
};
enum class NormActWanted { normed, activated, both };
struct NormActOutput {
  at::Tensor normed, activated;  // of the type of x, channels-last; undefined if not wanted
};

// Batch statistics normalise and move norm's running ones, in the arithmetic of its parameters (float32; float64 for
// float64). Throws DataError if a feature has a single value. Gradients of first order only.
NormActOutput norm_act(const BatchNorm& norm, const NormActInput& input, double slope, NormActWanted wanted);

}  // namespace autodidact::nn
