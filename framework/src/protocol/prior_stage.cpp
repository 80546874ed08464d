// Stage 2: a prior over the tokens of a frozen tokenizer, trained from memory: nothing is encoded again, unless
// train.prior.tau asks for stochastic targets, which are drawn anew each epoch.
#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"
#include "host/convert.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace {

TrainResult fit_once(Prior& prior, const at::Tensor& tokens, const at::Tensor& y) {
  const at::NoGradGuard no_grad;
  const Stopwatch watch;
  prior.train(true);
  prior.fit(tokens, y);
  TrainResult result;
  result.seconds = watch.seconds();
  return result;
}

Record run_training(const Session& session, const StageOutput& tokenizer_output, const StageOutput& tokens_output,
                    const std::filesystem::path& checkpoint) {
  const Run& run = session.run;
  const DataShape shape = shape_of(session.data);
  Live<Tokenizer> tokenizer = frozen_tokenizer(run, shape, tokenizer_output.record, "prior", session.progress);
  const FrozenCheck frozen("tokenizer", state_of(tokenizer->parameters(), tokenizer->buffers()));
  Live<Prior> prior = make_prior(run, shape, *tokenizer.object, "prior", "prior", session.progress);
  at::Tensor tokens = to_tensor(tokens_output.record.array("tokens/train"));
  const at::Tensor& y = session.data.train.y;

  TrainResult result;
  if (run.prior.info.can("gradient")) {
    prior->train(true);
    TrainTask task;
    task.stage = "prior";
    task.n = tokens.size(0);
    task.settings = run.train_prior;
    task.seed = static_cast<std::uint64_t>(run.seed);
    task.parameters = prior->parameters();
    task.state = state_of(prior->parameters(), prior->buffers());
    if (run.tau > 0) {
      task.begin_epoch = [&](std::int64_t epoch) {
        const at::NoGradGuard no_grad;
        std::int64_t call = 0;
        tokens = in_blocks(session.data.train.x, run.evaluation.block, [&](const at::Tensor& rows) {
          tokenizer.services->at_call(epoch, 0, call++);
          return tokenizer->encode(rows, run.tau);
        });
      };
    }
    task.loss = [&](const at::Tensor& index, const StepInfo& info) {
      prior.services->at_call(info.epoch, info.step, info.call);
      return prior->fit_step(tokens.index_select(0, index), y.defined() ? y.index_select(0, index) : y, info);
    };
    result = train(task, {checkpoint, session.checkpoint_seconds, &session.progress});
  } else {
    prior.services->at_call(0, 0, 0);
    result = fit_once(*prior.object, tokens, y);
  }
  frozen.done("prior");

  Record record;
  put_state(record, "weights/prior/", state_of(prior->parameters(), prior->buffers()));
  if (!result.history.names.empty()) record.tables["history/prior"] = result.history;
  put_training_cost(record, "prior", result, {{"parameters", parameter_count(prior->parameters())}});
  return record;
}

}  // namespace

StageKey prior_key(const Session& session, const std::string& tokens) {
  const Run& run = session.run;
  StageKey key("prior");
  key.add("tokens.stage", tokens).add("seed", run.seed).add(run.prior.info);
  key.add("prior.", run.prior.train_params());
  if (run.prior.info.can("gradient")) key.add(run.train_prior).add("tau", run.tau);
  return std::move(key.add_environment(run));
}

StageOutput prior_stage(const Session& session, const StageOutput& tokenizer, const StageOutput& tokens) {
  const Run& run = session.run;
  if (run.tau > 0 && !run.tokenizer.info.can("stochastic_encode"))
    throw ConfigError("train.prior.tau = " + to_toml(run.tau) + " needs a tokenizer with the capability " +
                      "stochastic_encode; '" + run.tokenizer.info.name + "' lacks it. Set train.prior.tau = 0.0");
  return session.store.get(
      "prior", prior_key(session, tokens.key), session.progress,
      [&](const std::filesystem::path& checkpoint) { return run_training(session, tokenizer, tokens, checkpoint); });
}

}  // namespace autodidact
