// Named augmentation sets: `warp`, `slice`, `gauss`, and what a suite defines as [augmentation.NAME].
#pragma once

#include <string>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

// The kinds of steps with their parameters, defaults and ranges; validated like a plugin's.
const std::vector<std::pair<std::string, std::vector<ParamInfo>>>& augmentation_kinds();
std::vector<AugmentationStep> builtin_augmentation(const std::string& name);  // empty if unknown
std::vector<std::string> builtin_augmentations();

}  // namespace autodidact
