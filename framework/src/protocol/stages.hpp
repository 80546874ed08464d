// The stages of one run, in the order of the data. Each is a function of its inputs, stored under a content key.
#pragma once

#include <filesystem>
#include <string>

#include "protocol/objects.hpp"
#include "protocol/session.hpp"

namespace autodidact {

struct TrainResult;

using StageOutput = StageStore::Output;

// Dataset (+ objective on two views) -> weights/tokenizer, codebook, history/tokenizer.
StageOutput tokenizer_stage(const Session& session);
// Frozen tokenizer -> tokens/{train,test}, features/..., reconstruction/test. The only time test is encoded.
StageOutput tokens_stage(const Session& session, const StageOutput& tokenizer);
// Tokens (+ class) -> weights/prior, history/prior.
StageOutput prior_stage(const Session& session, const StageOutput& tokenizer, const StageOutput& tokens);
// Frozen prior -> samples/unconditional/x, samples/conditional/{x,y}.
StageOutput samples_stage(const Session& session, const StageOutput& tokenizer, const StageOutput& prior);
// The supervised feature network, once per dataset and recipe: weights/fcn, history/fcn, attribute test_accuracy.
StageOutput fcn_stage(const Session& session);
// Everything above -> metrics/table, nll/..., features/fcn. Reads test, changes nothing.
StageOutput measures_stage(const Session& session, const StageOutput& tokenizer, const StageOutput& tokens,
                           const StageOutput& prior, const StageOutput& samples);

// Content keys, each with the key of what it builds on: they can be known without computing anything.
StageKey tokenizer_key(const Session& session);
StageKey tokens_key(const Session& session, const std::string& tokenizer);
StageKey prior_key(const Session& session, const std::string& tokens);
StageKey samples_key(const Session& session, const std::string& tokenizer, const std::string& prior);
StageKey fcn_key(const Session& session);
StageKey measures_key(const Session& session, const std::string& tokens, const std::string& prior,
                      const std::string& samples, const std::string& fcn);

// The measures alone, from records that hold weights, tokens and samples; nothing is looked up or stored but networks
// that judge.
// `samples_key` names where the samples come from, for the networks that are trained on them.
Record measures_of(const Session& session, const Record& tokenizer, const Record& tokens, const Record& prior,
                   const Record& samples, const std::string& samples_key, const Record* fcn);

// Series of one class or of none, decoded, in whole blocks: x (n, C, L) and the tokens they came from. Series i depends
// on (seed, first + i) only. y undefined: unconditional.
struct Sampled {
  at::Tensor x, tokens;
};
Sampled sample_series(const Run& run, Prior& prior, Tokenizer& tokenizer, std::int64_t n, const at::Tensor& y,
                      const Progress& progress);

// What the samples stage will draw; conditional ones are counted before rounding by class.
SampleCounts sample_counts(const Run& run, std::int64_t n_train, std::int64_t n_test);
SampleCounts counts_in(const Record& samples);

DataShape shape_of(const Dataset& data);
// Calls fn on blocks of exactly `block` rows (the last one padded by repeating its last row) and cuts what comes back.
at::Tensor in_blocks(const at::Tensor& x, std::int64_t block, const std::function<at::Tensor(const at::Tensor&)>& fn);
void put_cost(Record& record, const std::string& stage, double seconds, const Values& more = {});
// With steps, and steps a second from the second epoch on: the first also warms up.
void put_training_cost(Record& record, const std::string& stage, const TrainResult& result, Values more = {});

}  // namespace autodidact
