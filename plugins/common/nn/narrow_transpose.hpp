// A transposed convolution to few channels, as a product over channels and a sum over the taps.
//
// LibTorch's own spends its time on vectors of channels that are not there (64 -> 2 channels: 26 GFLOP/s). Here the
// product gives all taps of all output channels at once, (64 -> 2 * 3 * 4) at each position, and one pass adds them up
// where they belong.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/nn/conv.hpp"

namespace autodidact::nn {

// x (B, in, H, W), fastest in channels-last memory -> (B, out, H', W') contiguous, as layer(x); float32 for x in
// bfloat16, where only the product is in bfloat16.
at::Tensor narrow_transpose(const ConvTranspose2d& layer, const at::Tensor& x);

}  // namespace autodidact::nn
