// Steps that move values in time.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "config/run.hpp"

namespace autodidact {

at::Tensor window_warp_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor slice_shuffle_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor random_crop_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor flip_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);

// The random choices of a step and what they do, apart, so that a test can follow each series by hand.
struct WindowWarp {
  at::Tensor start;   // (B) int64, first position of the window
  at::Tensor points;  // (B) int64, length of the window after warping
};
at::Tensor window_warp(const at::Tensor& x, std::int64_t window, const WindowWarp& warp);
struct SliceShuffle {
  at::Tensor cuts;   // (B, S - 1) int64 in [0, L), ascending
  at::Tensor order;  // (B, S) int64, a permutation of the segments
};
at::Tensor slice_shuffle(const at::Tensor& x, const SliceShuffle& shuffle);
// The window [start, start + window) of each series, resampled linearly to L values; start (B) int64.
at::Tensor stretched(const at::Tensor& x, std::int64_t window, const at::Tensor& start);

}  // namespace autodidact
