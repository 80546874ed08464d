// The parts of the conformance suite: each adds its checks, whose bodies refer to what they are given.
#pragma once

#include "host/conformance/bench.hpp"
#include "host/conformance/suite.hpp"

namespace autodidact {

// `parameters` judges the values that the caller and the plugin give.
void add_descriptor_checks(Suite& suite, const PluginInfo& info, const std::function<Outcome()>& parameters);

// For every kind, on the objects of a workshop.
void add_creation_checks(Suite& suite, const Workshop& workshop);
void add_training_checks(Suite& suite, const Workshop& workshop);
void add_frozen_checks(Suite& suite, const Workshop& workshop);
void add_value_checks(Suite& suite, const Workshop& workshop);
void add_manners_checks(Suite& suite, const Workshop& workshop, const std::filesystem::path& scratch);

// With the checks of one kind.
class KindWorkshop : public Workshop {
 public:
  using Workshop::Workshop;
  virtual void add_checks(Suite& suite) const = 0;
};
std::unique_ptr<KindWorkshop> tokenizer_workshop(const Candidate& candidate);
std::unique_ptr<KindWorkshop> objective_workshop(const Candidate& candidate);
std::unique_ptr<KindWorkshop> prior_workshop(const Candidate& candidate);

}  // namespace autodidact
