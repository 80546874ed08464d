// Augmentation sets as lists of steps (reference section 2), on whole batches.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <vector>

#include "config/run.hpp"

namespace autodidact {

// x (B, C, L) -> augmented copy of the same shape. Deterministic in the generator's state, which moves on. What is
// drawn once a series (a window, a permutation, a factor, a curve, a band) is the same for all of its channels; what is
// drawn for each value or bin (noise, masked bins, angles) differs between them. Throws ConfigError for a step that
// cannot be (config/augmentations.hpp).
at::Tensor augment(const at::Tensor& x, const std::vector<AugmentationStep>& steps, at::Generator& generator);

}  // namespace autodidact
