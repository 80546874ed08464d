// How long a plan would take: its stages are done at small counts on made-up series of the same shape, and multiplied.
#pragma once

#include <vector>

#include "config/run.hpp"
#include "protocol/options.hpp"
#include "protocol/progress.hpp"

namespace autodidact {

// Each stage that `runs` share or that is stored already counts once or not at all. A dataset that is not there is
// counted by its card. Of trainings the second of two short epochs is timed (the first warms up), of the other stages
// one block of series. Rows that differ in seed and augmentation are rehearsed together. What cannot be rehearsed is
// named in the notes. Leaves nothing behind; throws Stopped if a stop was asked for.
Estimate estimate(const std::vector<Run>& runs, const RunOptions& options, const Progress& progress);

}  // namespace autodidact
