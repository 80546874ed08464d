// Augmentation sets as lists of steps (reference section 2), on whole batches.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

// x (B, C, L) -> augmented copy of the same shape. Deterministic in the generator's state, which moves on. All channels
// of a series are warped, shuffled and resized alike; noise is drawn for each value. Throws ConfigError for a step that
// cannot be (config/augmentations.hpp).
at::Tensor augment(const at::Tensor& x, const std::vector<AugmentationStep>& steps, at::Generator& generator);
// Whether a step moves positions in time (refused with objectives that work per position).
bool moves_positions(const std::vector<AugmentationStep>& steps);

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

}  // namespace autodidact
