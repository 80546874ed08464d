// Failures of generators, in graded strength: what measures should see.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.hpp"

namespace autodidact {

struct Corruption {
  std::string name, what;         // "noise", "Gaussian noise of so many standard deviations"
  std::vector<double> strengths;  // rising
  bool labels = false;            // needs classes
  // Series (N, C, L) standardised, labels (N) or undefined -> the same counts. Seeded; `train` lends what is copied.
  Series (*apply)(const Series& series, const Series& train, double strength, std::uint64_t seed);
};
const std::vector<Corruption>& corruptions();

}  // namespace autodidact
