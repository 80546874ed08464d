// Do the measures see what they claim? Real series are spoilt in graded strength and measured as if they were samples.
#pragma once

#include <vector>

#include "config/run.hpp"
#include "protocol/options.hpp"
#include "protocol/progress.hpp"
#include "results/record.hpp"

namespace autodidact {

// Each run names a dataset, a seed and an evaluation. Its test set is cut in two halves: one is the reference, the
// other the samples, first as it is, then under every corruption. Nothing is trained but networks that judge. Table:
// dataset, corruption ("none" for the series as they are), level (0, 1, ...), strength, measure, class, direction,
// value, low, high (interval of the series as they are), status.
Table corruption_study(const std::vector<Run>& runs, const RunOptions& options, const Progress& progress);

}  // namespace autodidact
