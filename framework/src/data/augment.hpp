// Augmentation sets as lists of steps (reference section 2), on whole batches.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

// x (B, C, L) -> augmented copy of the same shape. Deterministic in the generator's state.
at::Tensor augment(const at::Tensor& x, const std::vector<AugmentationStep>& steps, at::Generator& generator);
// Whether a step moves positions in time (refused with objectives that work per position).
bool moves_positions(const std::vector<AugmentationStep>& steps);

}  // namespace autodidact
