// Generation: tokens from the frozen prior, series from the frozen tokenizer, in whole blocks.
#include <ATen/ATen.h>

#include <cmath>

#include "host/convert.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"

namespace autodidact {

namespace {

// Classes of the conditional set: in training proportions, training counts scaled to at least 1000, at least one a
// class.
at::Tensor conditional_classes(const Session& session) {
  const Dataset& data = session.data;
  if (!data.n_classes || !data.train.y.defined() || !session.run.prior.info.can("conditional")) return {};
  const at::Tensor counts = at::bincount(data.train.y, {}, *data.n_classes);
  const double n = static_cast<double>(data.train.size());
  const double scale =
      static_cast<double>(sample_counts(session.run, data.train.size(), data.test.size()).conditional) / n;
  std::vector<at::Tensor> parts;
  for (std::int64_t c = 0; c < *data.n_classes; ++c) {
    const auto count = static_cast<std::int64_t>(std::llround(counts[c].item<double>() * scale));
    parts.push_back(at::full({std::max<std::int64_t>(1, count)}, c, at::kLong));
  }
  return at::cat(parts, 0);
}

// A call for a single series, as one who waits for it sees it.
double seconds_of_one(const Run& run, Prior& prior, Tokenizer& tokenizer) {
  const Params params(run.prior.sample_params());
  tokenizer.decode(prior.sample(1, {}, 0, params));  // warms up
  const Stopwatch watch;
  tokenizer.decode(prior.sample(1, {}, 0, params));
  return watch.seconds();
}

Record generate(const Session& session, const StageOutput& tokenizer_output, const StageOutput& prior_output) {
  const at::NoGradGuard no_grad;
  const Run& run = session.run;
  const DataShape shape = shape_of(session.data);
  Live<Tokenizer> tokenizer = frozen_tokenizer(run, shape, tokenizer_output.record, "samples", session.progress);
  Live<Prior> free =
      frozen_prior(run, shape, *tokenizer.object, prior_output.record, "samples", "unconditional", session.progress);
  const FrozenCheck frozen_tokens("tokenizer", state_of(tokenizer->parameters(), tokenizer->buffers()));
  const FrozenCheck frozen("prior", state_of(free->parameters(), free->buffers()));

  const Stopwatch watch;
  const std::int64_t n = sample_counts(run, session.data.train.size(), session.data.test.size()).unconditional;
  Record record;
  const Sampled unconditional = sample_series(run, *free.object, *tokenizer.object, n, {}, session.progress);
  record.arrays["samples/unconditional/x"] = to_array(unconditional.x);
  record.arrays["samples/unconditional/tokens"] = to_array(unconditional.tokens);
  std::int64_t total = n;
  if (const at::Tensor y = conditional_classes(session); y.defined()) {
    Live<Prior> given =
        frozen_prior(run, shape, *tokenizer.object, prior_output.record, "samples", "conditional", session.progress);
    const Sampled conditional = sample_series(run, *given.object, *tokenizer.object, y.size(0), y, session.progress);
    record.arrays["samples/conditional/x"] = to_array(conditional.x);
    record.arrays["samples/conditional/y"] = to_array(y);
    record.arrays["samples/conditional/tokens"] = to_array(conditional.tokens);
    total += y.size(0);
  }
  frozen_tokens.done("samples");
  frozen.done("samples");
  const double seconds = watch.seconds();
  put_cost(record, "samples", seconds,
           {{"series_per_second", static_cast<double>(total) / seconds},
            {"series_per_second_alone", 1.0 / seconds_of_one(run, *free.object, *tokenizer.object)}});
  return record;
}

}  // namespace

Sampled sample_series(const Run& run, Prior& prior, Tokenizer& tokenizer, std::int64_t n, const at::Tensor& y,
                      const Progress& progress) {
  const at::NoGradGuard no_grad;
  const Params params(run.prior.sample_params());
  const std::int64_t block = run.evaluation.block;
  std::vector<at::Tensor> tokens, series;
  for (std::int64_t first = 0; first < n; first += block) {
    const std::int64_t have = std::min(block, n - first);
    at::Tensor classes;
    if (y.defined()) {
      classes = y.slice(0, first, first + have);
      if (have < block) classes = at::cat({classes, classes.slice(0, have - 1, have).expand({block - have})}, 0);
    }
    const at::Tensor drawn = prior.sample(block, classes, first, params).clone();
    series.push_back(tokenizer.decode(drawn).slice(0, 0, have).clone());
    tokens.push_back(drawn.slice(0, 0, have));
    progress.at(first + have, n, "series", NAN);
    if (progress.stopped()) throw Stopped("samples: stopped");
  }
  return {at::cat(series, 0), at::cat(tokens, 0)};
}

SampleCounts sample_counts(const Run& run, std::int64_t n_train, std::int64_t n_test) {
  const Evaluation& e = run.evaluation;
  const std::int64_t conditional = e.conditional > 0 ? e.conditional : std::max<std::int64_t>(n_train, 1000);
  return {e.unconditional > 0 ? e.unconditional : std::max<std::int64_t>(n_test, 1024),
          run.prior.info.can("conditional") ? conditional : 0};
}

SampleCounts counts_in(const Record& samples) {
  const auto count = [&](const char* path) { return samples.has(path) ? samples.array(path).shape.at(0) : 0; };
  return {count("samples/unconditional/x"), count("samples/conditional/x")};
}

StageKey samples_key(const Session& session, const std::string& tokenizer, const std::string& prior) {
  const Run& run = session.run;
  StageKey key("samples");
  key.add("tokenizer.stage", tokenizer).add("prior.stage", prior).add("seed", run.seed);
  key.add("dataset.digest", session.data.digest).add(run.tokenizer.info).add(run.prior.info);
  key.add("prior.", run.prior.sample_params()).add("block", run.evaluation.block);
  key.add("unconditional", run.evaluation.unconditional).add("conditional", run.evaluation.conditional);
  return std::move(key.add_environment(run));
}

StageOutput samples_stage(const Session& session, const StageOutput& tokenizer, const StageOutput& prior) {
  return session.store.get("samples", samples_key(session, tokenizer.key, prior.key), session.progress,
                           [&](const std::filesystem::path&) { return generate(session, tokenizer, prior); });
}

}  // namespace autodidact
