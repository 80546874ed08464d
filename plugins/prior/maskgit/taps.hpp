// A convolution along a sequence, taken apart: one matrix product gives what every position sends to each tap, and the
// sums over taps are gathered afterwards. Where the sequence is upsampled first, or the result is narrow, this is
// several times less work than the convolution on the long, wide sequence.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::maskgit {

// Of a convolution of odd width `taps` with "same" zero padding on a sequence that was resized from `from` to `to`
// positions (nearest, as PyTorch resizes): (to, taps) int64, the position that tap t of output p reads, or -1 for
// padding.
at::Tensor tap_sources(std::int64_t from, std::int64_t to, std::int64_t taps, std::int64_t dilation);

// sent (B, n, T, F) float32 or float64, sources (m, T) int64 in [-1, n), bias (F) -> (B, m, F): out[p] = bias + sum
// over t of sent[sources[p, t], t].
at::Tensor gather_taps(const at::Tensor& sent, const at::Tensor& sources, const at::Tensor& bias);

// weight (out, in, taps) of a convolution -> (taps * out, in), so that linear(x, .) is what x sends.
at::Tensor weight_of_taps(const at::Tensor& weight);

}  // namespace autodidact::maskgit
