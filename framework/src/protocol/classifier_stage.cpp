// Classifiers of the accuracy score (Ravuri and Vinyals 2019): trained on conditional samples, and on real train once
// per dataset.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "host/convert.hpp"
#include "host/random.hpp"
#include "metrics/fcn.hpp"
#include "metrics/probe.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/judges.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kRecipeSteps = 5000;
constexpr std::uint64_t kSeed = 1;  // of the recipe: every row is judged by networks of the same start

using Network = std::unique_ptr<Fcn>;

TrainSettings recipe(const Session& session) {
  TrainSettings s;
  s.batch = 256;
  s.lr = 1e-3;
  s.weight_decay = 1e-5;
  s.lr_floor = 1e-3;
  s.steps = session.run.evaluation.cas_steps;
  return s;
}

bool needed(const Session& session) {
  return has_feature_network(session.data) && session.run.evaluation.cas_repeats > 0 &&
         Selection(session.run.evaluation.measures)
             .wants_any({"cas", "cas_ratio", "cas_balanced", "cas_trtr", "cas_trts"});
}

std::string name_of(std::size_t i) { return fmt::format("{}.", i + 1); }

std::vector<Network> make(const Session& session) {
  std::vector<Network> networks;
  for (std::int64_t i = 0; i < session.run.evaluation.cas_repeats; ++i) {
    seed_default_generator({kSeed, "cas", "classifier", "init", i});
    networks.push_back(std::make_unique<Fcn>(session.data.channels, session.data.length, *session.data.n_classes,
                                             classifier_design()));
  }
  return networks;
}

std::vector<Buffer> state_of_all(const std::vector<Network>& networks) {
  std::vector<Buffer> all;
  for (std::size_t i = 0; i < networks.size(); ++i)
    for (Buffer& buffer : state_of(networks[i]->parameters(), networks[i]->buffers()))
      all.push_back({name_of(i) + buffer.name, buffer.tensor});
  return all;
}

// Every network goes through its own order of the series.
Record trained(const Session& session, const Series& on, const std::string& stage,
               const std::filesystem::path& checkpoint) {
  const std::vector<Network> networks = make(session);
  std::vector<at::Tensor> orders;
  TrainTask task;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    at::Generator generator = generator_for({kSeed, "cas", "classifier", "order", static_cast<std::int64_t>(i)});
    orders.push_back(at::randperm(on.size(), generator, at::kLong));
    for (Parameter& p : networks[i]->parameters()) {
      p.name = name_of(i) + p.name;
      task.parameters.push_back(p);
    }
  }
  task.stage = stage;
  task.n = on.size();
  task.settings = recipe(session);
  task.seed = kSeed;
  task.state = state_of_all(networks);
  task.loss = [&](const at::Tensor& index, const StepInfo& info) {
    at::Tensor total;
    for (std::size_t i = 0; i < networks.size(); ++i) {
      seed_default_generator(
          {kSeed, "cas", "classifier", "dropout", info.epoch, info.step, static_cast<std::int64_t>(i)});
      const at::Tensor rows = orders[i].index_select(0, index);
      const at::Tensor loss = networks[i]->loss(on.x.index_select(0, rows), on.y.index_select(0, rows));
      total = total.defined() ? total + loss : loss;
    }
    return Loss{total, {{"cross_entropy", (total / static_cast<double>(networks.size())).detach()}}, {}};
  };
  const TrainResult result = train(task, {checkpoint, session.checkpoint_seconds, &session.progress});
  const at::NoGradGuard no_grad;
  Record record;
  put_state(record, "weights/" + stage + "/", task.state);
  record.tables["history/" + stage] = result.history;
  put_training_cost(record, stage, result);
  return record;
}

std::vector<Network> restored(const Session& session, const Record& record, const std::string& stage) {
  std::vector<Network> networks = make(session);
  load_state(record, "weights/" + stage + "/", state_of_all(networks));
  return networks;
}

struct Accuracies {
  std::vector<double> plain, balanced;
};
Accuracies accuracies(const std::vector<Network>& networks, const at::Tensor& x, const at::Tensor& y,
                      std::int64_t n_classes) {
  Accuracies all;
  for (const Network& network : networks) {
    const at::Tensor predicted = network->logits(x).argmax(1);
    all.plain.push_back(accuracy(predicted, y));
    all.balanced.push_back(balanced_accuracy(predicted, y, n_classes));
  }
  return all;
}

StageKey key_of(const Session& session, const std::string& stage) {
  StageKey key(stage);
  key.add("dataset.digest", session.data.digest).add("recipe", std::string("cas-1")).add(recipe(session));
  key.add("repeats", session.run.evaluation.cas_repeats);
  return std::move(key.add_environment(session.run));
}
StageKey samples_classifier_key(const Session& session, const std::string& samples) {
  return key_of(session, "cas").add("samples", samples);
}

// A class that was never sampled cannot be learnt.
std::string missing_class(const at::Tensor& y, std::int64_t n_classes) {
  const at::Tensor counts = at::bincount(y, {}, n_classes);
  const auto missing = counts.eq(0).sum().item<std::int64_t>();
  return missing == 0 ? "" : fmt::format("{} of {} classes have no sample", missing, n_classes);
}

}  // namespace

std::string own_classifier_key(const Session& session, const std::string& samples) {
  return needed(session) ? samples_classifier_key(session, samples).hex() : "none";
}
std::string classifier_key(const Session& session, const std::string& samples) {
  return session.run.prior.info.can("conditional") ? own_classifier_key(session, samples) : "none";
}
std::string real_classifier_key(const Session& session) {
  return needed(session) ? key_of(session, "cas_real").hex() : "none";
}

std::optional<ClassifierScores> classifier_scores(const Session& session, const Judged& samples) {
  if (!needed(session) || !samples.record.has("samples/conditional/x")) return std::nullopt;
  const Dataset& data = session.data;
  const std::int64_t n_classes = *data.n_classes;
  const Series made{to_tensor(samples.record.array("samples/conditional/x")),
                    to_tensor(samples.record.array("samples/conditional/y"))};
  ClassifierScores scores;
  scores.steps = session.run.evaluation.cas_steps;
  scores.recipe_steps = kRecipeSteps;
  scores.undefined = made.size() < 2 ? "fewer than 2 conditional samples" : missing_class(made.y, n_classes);
  if (!scores.undefined.empty()) return scores;
  const auto stage = [&](const std::string& name, const StageKey& key, const Series& on) {
    return session.store.get(name, key, session.progress, [&](const std::filesystem::path& checkpoint) {
      return trained(session, on, name, checkpoint);
    });
  };
  const StageOutput real = stage("cas_real", key_of(session, "cas_real"), data.train);
  const StageOutput own = stage("cas", samples_classifier_key(session, samples.key), made);
  const std::vector<Network> of_real = restored(session, real.record, "cas_real");
  const Accuracies trtr = accuracies(of_real, data.test.x, data.test.y, n_classes);
  const Accuracies tstr = accuracies(restored(session, own.record, "cas"), data.test.x, data.test.y, n_classes);
  scores.seconds = std::get<double>(own.record.attributes.at("cost/cas").at("seconds"));
  scores.trtr = trtr.plain;
  scores.trtr_balanced = trtr.balanced;
  scores.tstr = tstr.plain;
  scores.tstr_balanced = tstr.balanced;
  scores.trts = accuracies(of_real, made.x, made.y, n_classes).plain;
  return scores;
}

}  // namespace autodidact
