// Named augmentation sets: the built-in ones, and what a suite defines as [augmentation.NAME]. docs/augmentations.md
// has the definitions.
#pragma once

#include <string>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

// A kind of step: what a suite may write, and what all others ask instead of keeping lists of names.
struct AugmentationKind {
  std::string name, doc;
  bool moves = false;             // values leave their place in time
  std::vector<ParamInfo> params;  // validated like a plugin's
  // What is wrong beyond the range of each single parameter, as one line with the fix; "" if nothing. May be null.
  std::string (*fault)(const AugmentationStep&) = nullptr;
};
const std::vector<AugmentationKind>& augmentation_kinds();
const AugmentationKind* find_augmentation_kind(const std::string& name);  // null if there is none
std::vector<std::string> augmentation_kind_names();

// A set that is always there; every parameter of its steps is written out.
struct AugmentationSet {
  std::string name, doc;
  std::vector<AugmentationStep> steps;
};
const std::vector<AugmentationSet>& builtin_augmentation_sets();
std::vector<AugmentationStep> builtin_augmentation(const std::string& name);  // empty if unknown
std::vector<std::string> builtin_augmentations();

// Whether a step moves values in time: such sets are refused with objectives that work per position. A kind that does
// not exist moves none.
bool moves_positions(const AugmentationStep& step);
bool moves_positions(const std::vector<AugmentationStep>& steps);

// What is wrong with a step beyond the range of each single parameter (unknown kind, scale_min above scale_max), as
// one line with the fix; "" if nothing is.
std::string augmentation_fault(const AugmentationStep& step);
// A parameter of a step as a number, its default where it is not given. Throws ConfigError for a kind or a name that
// does not exist and for a value that is no number.
double augmentation_number(const AugmentationStep& step, const std::string& name);

}  // namespace autodidact
