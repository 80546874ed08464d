// Samples of any method under the same measures as a run's.
#pragma once

#include <filesystem>
#include <string>

#include "config/run.hpp"
#include "data/samples.hpp"
#include "protocol/options.hpp"
#include "protocol/progress.hpp"

namespace autodidact {

// Measures samples on the run's dataset and writes a record marked external: no tokenizer, no prior, no training but of
// networks that judge, which are shared with the runs in options.out. `file` empty: options.out/<run id>.h5.
RunOutcome score_external(const SampleFile& samples, const Run& run, const std::filesystem::path& file,
                          const RunOptions& options, const Progress& progress);
// The same record measured anew.
RunOutcome score_external_again(const std::filesystem::path& file, const Run& run, const RunOptions& options,
                                const Progress& progress);

}  // namespace autodidact
