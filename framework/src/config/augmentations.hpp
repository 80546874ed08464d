// Named augmentation sets: `warp`, `slice`, `gauss`, and what a suite defines as [augmentation.NAME].
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

// The kinds of steps with their parameters, defaults and ranges; validated like a plugin's.
const std::vector<std::pair<std::string, std::vector<ParamInfo>>>& augmentation_kinds();
std::vector<AugmentationStep> builtin_augmentation(const std::string& name);  // empty if unknown
std::vector<std::string> builtin_augmentations();

// What is wrong with a step beyond the range of each single parameter (unknown kind, scale_min above scale_max), as
// one line with the fix; "" if nothing is.
std::string augmentation_fault(const AugmentationStep& step);
// A parameter of a step as a number, its default where it is not given. Throws ConfigError for a kind or a name that
// does not exist and for a value that is no number.
double augmentation_number(const AugmentationStep& step, const std::string& name);

}  // namespace autodidact
