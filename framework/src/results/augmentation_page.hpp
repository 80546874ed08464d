// The page of `show augmentation`: what a set does in words, its parameters, and series drawn under their augmented
// selves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/augmentations.hpp"

namespace autodidact {

struct AugmentedSeries {
  std::int64_t index = 0;                          // in the training set, from 0
  std::string label;                               // "" without classes
  std::vector<std::vector<double>> before, after;  // channel, time
};

struct AugmentationExamples {
  std::string dataset;
  std::int64_t seed = 1;
  std::vector<AugmentedSeries> series;
};

std::string augmentation_page(const AugmentationSet& set, const AugmentationExamples& examples);

}  // namespace autodidact
