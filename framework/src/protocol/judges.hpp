// Networks that judge samples: trained by the protocol's trainer, several side by side in one task (other weights,
// other batches), each kind a stage of its own. Those that see real series only are made once per dataset.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "metrics/measure.hpp"
#include "protocol/session.hpp"
#include "protocol/stage_key.hpp"

namespace autodidact {

// What the samples are, and the content key of where they come from.
struct Judged {
  const Record& record;  // samples/unconditional/x, samples/conditional/{x,y}
  std::string key;
};

// Classifiers of the accuracy score; none where the data has no classes, there are no conditional samples or
// evaluation.cas_repeats is 0.
std::optional<ClassifierScores> classifier_scores(const Session& session, const Judged& samples);
// Keys of these stages, "none" where they are not needed.
std::string classifier_key(const Session& session, const std::string& samples);
std::string own_classifier_key(const Session& session, const std::string& samples);  // whatever the prior can do
std::string real_classifier_key(const Session& session);

// Discriminative and predictive score; none where neither is wanted. Keys of their stages, "none" where not needed, for
// `made` unconditional samples.
std::optional<RecurrentScores> recurrent_scores(const Session& session, const Judged& samples);
std::map<std::string, std::string> recurrent_keys(const Session& session, const std::string& samples,
                                                  std::int64_t made);

// Seconds of training the networks that are not stored yet, from a few steps of each kind; and said, where it is long.
// `made`: how many samples there are or will be.
double judge_seconds(const Session& session, const std::string& samples, const SampleCounts& made);
void tell_judge_cost(const Session& session, const std::string& samples, const SampleCounts& made);

}  // namespace autodidact
