// Runs that are measured only: samples of any method on a dataset, and finished runs measured anew.
#pragma once

#include <string>
#include <vector>

#include "config/run.hpp"
#include "config/settings.hpp"

namespace autodidact {

// Takes of a configuration what decides measures: evaluation, evaluation.*, and of samples from elsewhere also seed,
// threads, data.* and dataset.OPTION. Any other key is a fault.
Run external_run(const std::string& method, const std::string& dataset, const Settings& settings, Faults& faults);
// The same from key=value of the command line. Throws ConfigErrors naming all faults at once.
Run external_run(const std::string& method, const std::string& dataset, const std::vector<std::string>& words);
void change_evaluation(Run& run, const std::vector<std::string>& words);

// The same from what `flat()` of such a run gave.
Run external_run(const Values& flat);

}  // namespace autodidact
