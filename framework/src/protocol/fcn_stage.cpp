// The supervised feature network behind FID and IS: trained once per dataset and recipe, whatever the run's seed.
#include <ATen/ATen.h>

#include "host/random.hpp"
#include "metrics/fcn.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace {

constexpr std::uint64_t kSeed = 1;  // of the recipe, not of the run: every row is judged by the same network

TrainSettings recipe(const Session& session) {
  const Evaluation& e = session.run.evaluation;
  TrainSettings s;
  s.batch = kFcnBatch;
  s.lr = 1e-3;
  s.weight_decay = 1e-5;
  s.steps = e.fcn_steps;
  s.epochs = Fcn::epochs(session.data.channels, session.data.length, *session.data.n_classes, session.data.train.size(),
                         e.fcn_epochs, e.fcn_tflop);
  return s;
}

std::unique_ptr<Fcn> make(const Dataset& data) {
  seed_default_generator({kSeed, "fcn", "fcn", "init"});
  return std::make_unique<Fcn>(data.channels, data.length, *data.n_classes);
}

Record run_training(const Session& session, const std::filesystem::path& checkpoint) {
  const std::unique_ptr<Fcn> fcn = make(session.data);
  const Series& data = session.data.train;
  TrainTask task;
  task.stage = "fcn";
  task.n = data.size();
  task.settings = recipe(session);
  task.seed = kSeed;
  task.parameters = fcn->parameters();
  task.state = state_of(fcn->parameters(), fcn->buffers());
  task.loss = [&](const at::Tensor& index, const StepInfo&) {
    const at::Tensor loss = fcn->loss(data.x.index_select(0, index), data.y.index_select(0, index));
    return Loss{loss, {{"cross_entropy", loss.detach()}}, {}};
  };
  const TrainResult result = train(task, {checkpoint, session.checkpoint_seconds, &session.progress});

  const at::NoGradGuard no_grad;
  Record record;
  const auto state = state_of(fcn->parameters(), fcn->buffers());
  put_state(record, "weights/fcn/", state);
  record.tables["history/fcn"] = result.history;
  Values& about = record.attributes["fcn"];
  about["recipe"] = std::string(kFcnRecipe);
  about["digest"] = state_digest(state);
  about["epochs"] = result.epochs;
  about["steps"] = result.steps;
  if (session.data.test.y.defined()) {
    const at::Tensor right = fcn->logits(session.data.test.x).argmax(1).eq(session.data.test.y);
    about["test_accuracy"] = right.to(at::kDouble).mean().item<double>();
  }
  put_training_cost(record, "fcn", result);
  return record;
}

}  // namespace

bool has_feature_network(const Dataset& data) {
  return data.n_classes && *data.n_classes > 1 && data.train.y.defined() && data.train.size() > 1;
}

std::shared_ptr<Fcn> restore_fcn(const Dataset& data, const Record& record) {
  std::shared_ptr<Fcn> fcn = make(data);
  load_state(record, "weights/fcn/", state_of(fcn->parameters(), fcn->buffers()));
  return fcn;
}

StageKey fcn_key(const Session& session) {
  StageKey key("fcn");
  key.add("dataset.digest", session.data.digest).add("recipe", std::string(kFcnRecipe)).add(recipe(session));
  return std::move(key.add_environment(session.run));
}

StageOutput fcn_stage(const Session& session) {
  return session.store.get("fcn", fcn_key(session), session.progress,
                           [&](const std::filesystem::path& checkpoint) { return run_training(session, checkpoint); });
}

}  // namespace autodidact
