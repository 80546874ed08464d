// What measures are made from, short of what a tokenizer and a prior say: data, samples and networks that judge.
#pragma once

#include <string>
#include <vector>

#include "metrics/measure.hpp"
#include "protocol/session.hpp"
#include "results/record.hpp"

namespace autodidact {

// Real series, samples of `samples`, the extractors and the networks that are trained on samples (found or trained;
// `samples_key` says where the samples come from). `fcn` may be null. What the network is goes to `record`.
MeasureInput judged_input(const Session& session, const Record& samples, const std::string& samples_key,
                          const Record* fcn, Record& record);
// Measures, as the record keeps them, how they were asked for, and what the page draws of them.
void put_measures(Record& record, const MeasureInput& input, const Evaluation& evaluation);

}  // namespace autodidact
