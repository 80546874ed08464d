// One run from start to end.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "config/run.hpp"
#include "data/dataset.hpp"
#include "protocol/options.hpp"
#include "protocol/progress.hpp"
#include "protocol/session.hpp"
#include "results/record.hpp"

namespace autodidact {

// Everything that identifies the run: the resolved configuration and the data. 16 hex digits.
std::string run_id(const Run& run, const Dataset& data);
Dataset load_data(const Run& run, const RunOptions& options);
// Content keys of all stages, in order, without computing anything; "none" for the network of data without classes.
std::vector<std::pair<std::string, std::string>> stage_keys(const Session& session);

// Trains, generates and evaluates, as far as the stage store does not hold it already, and writes the record. A run
// that fails writes a record of status `failed` with its reason; Stopped and bad configurations or data are thrown.
RunOutcome execute(const Run& run, const RunOptions& options, const Progress& progress);
RunState look(const Run& run, const RunOptions& options);
// Measures anew from a record's raw outputs; the record is replaced whole.
RunOutcome score_again(const std::filesystem::path& file, const Run& run, const RunOptions& options,
                       const Progress& progress);

// Writes both digests into a whole record.
void seal(Record& record);
// Throws DataError where a record was made from other data than these.
void check_same_data(const Record& record, const std::filesystem::path& file, const Dataset& data);

inline const std::vector<std::string> kContentPrefixes = {"config/",   "history/",  "tokens/",         "weights/",
                                                          "codebook/", "features/", "reconstruction/", "samples/"};
inline const std::vector<std::string> kMetricsPrefixes = {"metrics/", "nll/"};

}  // namespace autodidact
