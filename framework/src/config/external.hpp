// Runs that are measured only: samples of any method on a dataset, and finished runs measured anew.
#pragma once

#include <string>
#include <vector>

#include "config/run.hpp"

namespace autodidact {

// `words` are key=value as for `run`, of what decides measures: evaluation, evaluation.*, and of samples from elsewhere
// also seed, threads, data.* and dataset.OPTION. Throws ConfigErrors naming all faults at once.
Run external_run(const std::string& method, const std::string& dataset, const std::vector<std::string>& words);
void change_evaluation(Run& run, const std::vector<std::string>& words);

// The same from what `flat()` of such a run gave.
Run external_run(const Values& flat);

}  // namespace autodidact
