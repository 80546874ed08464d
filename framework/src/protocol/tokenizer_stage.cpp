// Stage 1: a tokenizer, alone or with an objective on two views.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "protocol/branches.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"
#include "protocol/target.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace {

class Training {
 public:
  explicit Training(const Session& session)
      : session_(session),
        run_(session.run),
        shape_(shape_of(session.data)),
        tokenizer_(make_tokenizer(run_, shape_, "tokenizer", session.progress)) {
    with_objective_ = run_.two_branch() && run_.ssl.weight != 0 && run_.objective.info.can("self_supervised");
    if (with_objective_) {
      const std::int64_t width = pooled_width(tokenizer_->layout(), run_.ssl.pool);
      objective_ = make_objective(run_, shape_, *tokenizer_.object, width, session.progress);
      objective_->train(true);
      if (run_.objective.info.can("target_tokenizer"))
        target_.emplace(run_, shape_, *tokenizer_.object, session.progress);
    }
    tokenizer_->train(true);
    branches_.emplace(run_, tokenizer_, with_objective_ ? &objective_ : nullptr, target_ ? &*target_ : nullptr);
  }

  TrainTask task() {
    TrainTask task;
    task.stage = "tokenizer";
    task.n = session_.data.train.size();
    task.settings = run_.train_tokenizer;
    task.seed = static_cast<std::uint64_t>(run_.seed);
    task.parameters = tokenizer_->parameters();
    task.state = prefixed("tokenizer/", state_of(tokenizer_->parameters(), tokenizer_->buffers()));
    if (with_objective_) {
      for (Parameter p : objective_->parameters()) {
        p.name = "objective/" + p.name;
        task.parameters.push_back(std::move(p));
      }
      append(task.state, prefixed("objective/", state_of(objective_->parameters(), objective_->buffers())));
    }
    if (target_) append(task.state, prefixed("target/", target_->state()));
    task.loss = [this](const at::Tensor& index, const StepInfo& info) {
      return (*branches_)(session_.data.train.x.index_select(0, index), info);
    };
    task.after_step = [this](const StepInfo& info) { after_step(info); };
    return task;
  }

  Tokenizer& tokenizer() { return *tokenizer_.object; }
  std::int64_t objective_parameters() { return with_objective_ ? parameter_count(objective_->parameters()) : 0; }

 private:
  static std::vector<Buffer> prefixed(const std::string& prefix, std::vector<Buffer> state) {
    for (Buffer& b : state) b.name = prefix + b.name;
    return state;
  }
  static void append(std::vector<Buffer>& all, std::vector<Buffer> more) {
    for (Buffer& b : more) all.push_back(std::move(b));
  }

  void after_step(const StepInfo& info) {
    if (!with_objective_) return;
    if (target_) target_->follow(*tokenizer_.object, objective_->momentum(info));
    objective_->after_step(info);
  }

  const Session& session_;
  const Run& run_;
  DataShape shape_;
  Live<Tokenizer> tokenizer_;
  Live<Objective> objective_;
  std::optional<TargetTokenizer> target_;
  std::optional<Branches> branches_;
  bool with_objective_ = false;
};

Record run_training(const Session& session, const std::filesystem::path& checkpoint) {
  Training training(session);
  TrainTask task = training.task();
  const TrainResult result = train(task, {checkpoint, session.checkpoint_seconds, &session.progress});
  Record record;
  Tokenizer& tokenizer = training.tokenizer();
  put_state(record, "weights/tokenizer/", state_of(tokenizer.parameters(), tokenizer.buffers()));
  const auto codebooks = tokenizer.codebooks();
  const Layout layout = tokenizer.layout();
  std::vector<Buffer> books;
  for (std::size_t s = 0; s < layout.size(); ++s)
    if (s < codebooks.size() && codebooks[s]) books.push_back({layout[s].name, *codebooks[s]});
  put_state(record, "codebook/", books);
  record.tables["history/tokenizer"] = result.history;
  put_training_cost(record, "tokenizer", result,
                    {{"parameters", parameter_count(tokenizer.parameters())},
                     {"objective_parameters", training.objective_parameters()}});
  return record;
}

}  // namespace

namespace {

// Two augmented views, or no objective: whether the series' own latents are quantised is not asked.
std::string effective_pairing(const Run& run, bool with_objective) {
  const bool same = run.ssl.pairing == "continuous" && (run.ssl.views == 2 || !with_objective);
  return same ? "quantised_continuous" : run.ssl.pairing;
}

}  // namespace

StageKey tokenizer_key(const Session& session) {
  const Run& run = session.run;
  StageKey key("tokenizer");
  key.add("dataset.digest", session.data.digest).add("seed", run.seed).add(run.tokenizer.info);
  key.add("tokenizer.", run.tokenizer.train_params()).add(run.train_tokenizer);
  if (run.two_branch()) {
    const bool with_objective = run.ssl.weight != 0 && run.objective.info.can("self_supervised");
    key.add("ssl.rho", run.ssl.rho).add("ssl.views", run.ssl.views);
    key.add("ssl.pairing", effective_pairing(run, with_objective));
    for (const AugmentationStep& step : run.augmentation_steps)
      key.add("augmentation", step.kind).add("augmentation." + step.kind + ".", step.params);
    key.add("ssl.weight", with_objective ? run.ssl.weight : 0.0);
    if (with_objective) {
      key.add("ssl.pool", run.ssl.pool).add(run.objective.info);
      key.add("objective.", run.objective.train_params());
    }
  }
  return std::move(key.add_environment(run));
}

StageOutput tokenizer_stage(const Session& session) {
  return session.store.get("tokenizer", tokenizer_key(session), session.progress,
                           [&](const std::filesystem::path& checkpoint) { return run_training(session, checkpoint); });
}

}  // namespace autodidact
