// Stage 1: a tokenizer, alone or with an objective on two views (specification of the reference, 1.7).
//
//   one branch    total = terms(x)
//   one view      x' = T(x):        total = terms(x) + rho terms(x') + w objective(pool a, pool b)
//   two views     x', x'' = T(x):   total = terms(x) + rho (terms(x') + terms(x'')) + w objective(x', x'')
// An objective with w = 0 (the control) keeps the branches and is not called.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "data/augment.hpp"
#include "host/random.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"
#include "protocol/target.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace {

class Training {
 public:
  explicit Training(const Session& session)
      : session_(session), run_(session.run), shape_(shape_of(session.data)),
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
    task.loss = [this](const at::Tensor& index, const StepInfo& info) { return loss(index, info); };
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

  View forward(const at::Tensor& x, Path path, bool update, StepInfo info, std::int64_t call) {
    info.call = call;
    tokenizer_.services->at_call(info.epoch, info.step, call);
    return tokenizer_->forward(x, {path, update}, info);
  }
  at::Tensor augmented(const at::Tensor& x, const StepInfo& info, std::int64_t call) {
    at::Generator generator = generator_for({static_cast<std::uint64_t>(run_.seed), "tokenizer", "protocol", "augment",
                                             info.epoch, info.step, call});
    return augment(x, run_.augmentation_steps, generator);
  }
  static void add_terms(Loss& loss, const std::string& prefix, const Scalars& terms, double weight) {
    for (const auto& [name, value] : terms) loss.terms.emplace_back(prefix + name, value.detach() * weight);
  }

  Loss loss(const at::Tensor& index, const StepInfo& info) {
    const at::Tensor x = session_.data.train.x.index_select(0, index);
    const View a = forward(x, Path::quantised, /*update=*/true, info, 0);
    Loss loss{a.total, {}, a.logs};
    add_terms(loss, "", a.terms, 1.0);
    if (!run_.two_branch()) return loss;

    const Path path = run_.ssl.pairing == "quantised" ? Path::quantised : Path::continuous;
    const at::Tensor first = augmented(x, info, 1);
    const View b = forward(first, path, false, info, 1);
    loss.total = loss.total + run_.ssl.rho * b.total;
    add_terms(loss, "view1/", b.terms, run_.ssl.rho);
    if (run_.ssl.views == 1) {
      if (with_objective_) add_objective(loss, {&a, x, 0}, {&b, first, 1}, info);
      return loss;
    }
    const at::Tensor second = augmented(x, info, 2);
    const View c = forward(second, path, false, info, 2);
    loss.total = loss.total + run_.ssl.rho * c.total;
    add_terms(loss, "view2/", c.terms, run_.ssl.rho);
    if (with_objective_) add_objective(loss, {&b, first, 1}, {&c, second, 2}, info);
    return loss;
  }

  struct Side {
    const View* view;
    at::Tensor x;
    std::int64_t call;
  };
  // Which latents a side shows to the objective: quantised original with continuous view, both continuous, both quantised.
  const std::vector<at::Tensor>& maps_of(const View& view, std::int64_t call) const {
    const bool quantised = run_.ssl.pairing == "quantised" || (run_.ssl.pairing == "quantised_continuous" && call == 0);
    return quantised ? view.z_q : view.z;
  }
  Embedding embed(const std::vector<at::Tensor>& maps) const { return {maps, pool(maps, run_.ssl.pool)}; }

  void add_objective(Loss& loss, const Side& a, const Side& b, StepInfo info) {
    ObjectiveInput input;
    input.a = embed(maps_of(*a.view, a.call));
    input.b = embed(maps_of(*b.view, b.call));
    if (target_) {
      const auto view = [&](const Side& side) {
        const bool quantised = &maps_of(*side.view, side.call) == &side.view->z_q;
        return target_->forward(side.x, quantised ? Path::quantised : Path::continuous, info, 8 + side.call);
      };
      const View ta = view(a);
      input.target_a = embed(maps_of(ta, a.call));
      const View tb = view(b);
      input.target_b = embed(maps_of(tb, b.call));
    }
    input.info = info;
    objective_.services->at_call(info.epoch, info.step, 0);
    const Loss own = objective_->loss(input);
    loss.total = loss.total + run_.ssl.weight * own.total;
    add_terms(loss, "ssl/", own.terms, run_.ssl.weight);
    for (const auto& [name, value] : own.logs) loss.logs.emplace_back("ssl/" + name, value);
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
  put_cost(record, "tokenizer", result.seconds,
           {{"steps", result.steps},
            {"parameters", parameter_count(tokenizer.parameters())},
            {"objective_parameters", training.objective_parameters()}});
  return record;
}

}  // namespace

StageKey tokenizer_key(const Session& session) {
  const Run& run = session.run;
  StageKey key("tokenizer");
  key.add("dataset.digest", session.data.digest).add("seed", run.seed).add(run.tokenizer.info);
  key.add("tokenizer.", run.tokenizer.train_params()).add(run.train_tokenizer);
  if (run.two_branch()) {
    key.add("ssl.rho", run.ssl.rho).add("ssl.pairing", run.ssl.pairing).add("ssl.views", run.ssl.views);
    for (const AugmentationStep& step : run.augmentation_steps)
      key.add("augmentation", step.kind).add("augmentation." + step.kind + ".", step.params);
    const bool with_objective = run.ssl.weight != 0 && run.objective.info.can("self_supervised");
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
