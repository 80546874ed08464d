#include "config/protocol_keys.hpp"

#include <limits>

#include "config/param.hpp"

namespace autodidact {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMost = 1e9;

using Field = ProtocolKey::Field;

ProtocolKey integer(const char* name, double min, double max, const char* unit, const char* doc, Field (*field)(Run&)) {
  ProtocolKey key{ranged(param(ParamType::integer, name, "", doc), min, max), field};
  key.info.unit = unit;
  return key;
}
ProtocolKey real(const char* name, double min, double max, const char* doc, Field (*field)(Run&)) {
  return {ranged(param(ParamType::real, name, "", doc), min, max), field};
}
ProtocolKey one_of(const char* name, const std::vector<std::string>& choices, const char* doc, Field (*field)(Run&)) {
  return {choice(name, choices, doc), field};
}
ProtocolKey text(const char* name, const char* doc, Field (*field)(Run&)) {
  return {param(ParamType::text, name, "", doc), field};
}
// Text, or a list of names: "a, b" and ["a", "b"] are the same.
ProtocolKey names(const char* name, const char* doc, Field (*field)(Run&)) {
  ProtocolKey key = text(name, doc, field);
  key.info.unit = kNamesUnit;
  return key;
}

#define FIELD(member) [](Run& run) -> Field { return &run.member; }

std::vector<ProtocolKey> table() {
  std::vector<ProtocolKey> keys = {
#define TRAINING(stage, settings)                                                                                      \
  integer("train." stage ".epochs", 1, kMost, "epochs", "passes over the training series", FIELD(settings.epochs)),    \
      integer("train." stage ".steps", 1, kMost, "steps", "length in steps instead of epochs", FIELD(settings.steps)), \
      integer("train." stage ".batch", 1, 1e6, "series", "series in a step", FIELD(settings.batch)),                   \
      real("train." stage ".lr", 0, 1e3, "greatest learning rate of AdamW", FIELD(settings.lr)),                       \
      real("train." stage ".weight_decay", 0, 1e3, "of AdamW", FIELD(settings.weight_decay)),                          \
      real("train." stage ".warmup", 0, 1, "share of the steps with a rising rate", FIELD(settings.warmup)),           \
      real("train." stage ".lr_floor", 0, 1, "the cosine ends here, as a share of lr", FIELD(settings.lr_floor))
      TRAINING("tokenizer", train_tokenizer),
      TRAINING("prior", train_prior),
#undef TRAINING
      real("train.prior.tau", 0, kInfinity, "above 0: tokens are drawn anew each epoch at this temperature",
           FIELD(tau)),
      real("ssl.weight", 0, kInfinity, "w in terms(a) + rho terms(b) + w objective", FIELD(ssl.weight)),
      real("ssl.rho", 0, kInfinity, "weight of the augmented views' own terms", FIELD(ssl.rho)),
      one_of("ssl.pairing", {"quantised_continuous", "continuous", "quantised"},
             "latents that the objective compares: of the original and of the augmented series", FIELD(ssl.pairing)),
      integer("ssl.views", 1, 2, "views", "augmented views", FIELD(ssl.views)),
      one_of("ssl.pool", {"avgmax", "avg", "max", "none"},
             "pooling over each stream's grid; none: a row for each position", FIELD(ssl.pool)),
      text("augmentation", "name of the set that makes the views; none for one branch", FIELD(augmentation)),
      one_of("data.split", {"original", "stratified_80_20"}, "published split, or merged and split again",
             FIELD(split)),
      real("data.validation", 0, 0.9, "share of train that is set apart for choices", FIELD(validation)),
      integer("data.max_series", 0, kMost, "series", "at most so many of each split; 0: all", FIELD(max_series)),
      names("evaluation", "measures: core, extended, all (trains recurrent networks too), or names of `list measures`",
            FIELD(evaluation.measures)),
      integer("evaluation.block", 1, 1e6, "series", "series a call in sampling and encoding", FIELD(evaluation.block)),
      integer("evaluation.unconditional", 0, kMost, "series", "unconditional samples; 0: max(n_test, 1024)",
              FIELD(evaluation.unconditional)),
      integer("evaluation.conditional", 0, kMost, "series",
              "conditional samples in training proportions; 0: training counts scaled to at least 1000",
              FIELD(evaluation.conditional)),
      integer("evaluation.fcn_epochs", 1, kMost, "epochs", "feature network: at most so long",
              FIELD(evaluation.fcn_epochs)),
      real("evaluation.fcn_tflop", 1e-6, kInfinity, "feature network: at most so much work",
           FIELD(evaluation.fcn_tflop)),
      integer("evaluation.fcn_steps", 0, kMost, "steps", "feature network: above 0, exactly so long",
              FIELD(evaluation.fcn_steps)),
      integer("evaluation.repeats", 1, 1000, "repeats", "of every stochastic measure", FIELD(evaluation.repeats)),
      integer("evaluation.cas_steps", 1, kMost, "steps", "of each classifier of the accuracy score",
              FIELD(evaluation.cas_steps)),
      integer("evaluation.cas_repeats", 0, 1000, "repeats", "classifiers of the accuracy score; 0: none",
              FIELD(evaluation.cas_repeats)),
      integer("evaluation.rnn_steps", 1, kMost, "steps", "of each recurrent network of ds_star and ps_star",
              FIELD(evaluation.rnn_steps)),
      real("evaluation.dtw_window", 0, 1, "share of the length that warping of reconstructions may reach; 0: all",
           FIELD(evaluation.dtw_window)),
  };
  Run defaults;
  for (ProtocolKey& key : keys) key.info.default_text = to_toml(key.get(defaults));
  return keys;
}

#undef FIELD

}  // namespace

Value ProtocolKey::get(const Run& run) const {
  return std::visit([](const auto* member) { return Value(*member); }, field(const_cast<Run&>(run)));
}

void ProtocolKey::set(Run& run, const Value& value) const {
  std::visit([&](auto* member) { *member = std::get<std::decay_t<decltype(*member)>>(value); }, field(run));
}

const std::vector<ProtocolKey>& protocol_keys() {
  static const std::vector<ProtocolKey> keys = table();
  return keys;
}

const ProtocolKey* find_protocol_key(const std::string& name) {
  for (const ProtocolKey& key : protocol_keys())
    if (key.info.name == name) return &key;
  return nullptr;
}

}  // namespace autodidact
