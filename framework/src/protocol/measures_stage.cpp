// Measures: a function of what the stages stored and of extractors. Can be redone years later.
#include <ATen/ATen.h>

#include <cmath>

#include "host/convert.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/judges.hpp"
#include "protocol/likelihood.hpp"
#include "protocol/measuring.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kVersion = 3;

// What a tokenizer with `legacy_crop` leaves out at the end: the samples behind its last whole hop.
std::int64_t cropped_samples(const Run& run, std::int64_t length) {
  const auto legacy = run.tokenizer.params.find("legacy_crop"), hop = run.tokenizer.params.find("hop");
  if (legacy == run.tokenizer.params.end() || legacy->second != Value(true)) return 0;
  const auto* step = hop == run.tokenizer.params.end() ? nullptr : std::get_if<std::int64_t>(&hop->second);
  return step ? length % *step : 0;
}

// What this run's tokenizer made of the data.
void add_encoded(MeasureInput& in, const Session& session, const Record& tokenizer, const Record& tokens) {
  in.tokens_train = to_tensor(tokens.array("tokens/train"));
  in.tokens_test = to_tensor(tokens.array("tokens/test"));
  for (const char* kind : {"quantised/avg", "quantised/avgmax", "continuous/avg", "continuous/avgmax"}) {
    in.features_train[kind] = to_tensor(tokens.array(std::string("features/train/") + kind));
    in.features_test[kind] = to_tensor(tokens.array(std::string("features/test/") + kind));
  }
  in.reconstruction = to_tensor(tokens.array("reconstruction/test"));
  in.crop = cropped_samples(session.run, session.data.length);
  const auto history = tokenizer.tables.find("history/tokenizer");
  if (history == tokenizer.tables.end() || history->second.rows() == 0) return;
  for (const char* name : {"std", "correlation", "effective_rank", "alignment"})
    if (const Column* column = history->second.find(std::string("ssl/") + name))
      in.ssl[name] = std::get<std::vector<double>>(*column).back();
}

void add_streams(MeasureInput& in, Tokenizer& tokenizer) {
  const auto codebooks = tokenizer.codebooks();
  const Layout layout = tokenizer.layout();
  for (std::size_t s = 0; s < layout.size(); ++s) {
    const at::Tensor book = s < codebooks.size() && codebooks[s] ? *codebooks[s] : at::Tensor();
    in.streams.push_back({layout[s].name, layout[s].first, layout[s].count(), layout[s].vocabulary, book});
  }
}

// As many series as the prior drew, from tokens that know their position only.
void add_unigrams(MeasureInput& in, Tokenizer& tokenizer, std::int64_t block) {
  if (!in.samples.defined() || in.tokens_train.size(0) == 0) return;
  in.unigram_tokens = unigram_tokens(in.tokens_train, in.samples.size(0), in.seed);
  in.unigram = in_blocks(in.unigram_tokens, block, [&](const at::Tensor& tokens) { return tokenizer.decode(tokens); });
  if (!in.unigram.isfinite().all().item<bool>())
    in.unigram = at::Tensor();  // never seen tokens side by side: no fault of the run
}

}  // namespace

Record measures_of(const Session& session, const Record& tokenizer_record, const Record& tokens,
                   const Record& prior_record, const Record& samples, const std::string& samples_key,
                   const Record* fcn) {
  const Run& run = session.run;
  Record record;
  MeasureInput in = judged_input(session, samples, samples_key, fcn, record);
  if (in.cas) put_cost(record, "cas", in.cas->seconds);
  const at::NoGradGuard no_grad;
  const Stopwatch watch;
  const DataShape shape = shape_of(session.data);
  Live<Tokenizer> tokenizer = frozen_tokenizer(run, shape, tokenizer_record, "measures", session.progress);
  Live<Prior> prior = frozen_prior(run, shape, *tokenizer.object, prior_record, "measures", "prior", session.progress);
  const FrozenCheck frozen_tokenizer_("tokenizer", state_of(tokenizer->parameters(), tokenizer->buffers()));
  const FrozenCheck frozen_prior_("prior", state_of(prior->parameters(), prior->buffers()));

  add_encoded(in, session, tokenizer_record, tokens);
  add_streams(in, *tokenizer.object);
  add_unigrams(in, *tokenizer.object, run.evaluation.block);
  const at::Tensor y = run.prior.info.can("conditional") ? in.test_y : at::Tensor();
  in.masked = masked_scores(*prior.object, tokenizer->layout(), in.tokens_test, y, run.evaluation.block, record);
  in.nll_exact = exact_scores(*prior.object, in.tokens_test, y, run.evaluation.block, record);
  session.progress.at(1, 3, "part", NAN);
  put_measures(record, in, run.evaluation);
  session.progress.at(2, 3, "part", NAN);
  frozen_tokenizer_.done("measures");
  frozen_prior_.done("measures");
  put_cost(record, "measures", watch.seconds());
  return record;
}

StageKey measures_key(const Session& session, const std::string& tokens, const std::string& prior,
                      const std::string& samples, const std::string& fcn) {
  StageKey key("measures");
  key.add("version", kVersion).add("tokens.stage", tokens).add("samples.stage", samples).add("prior.stage", prior);
  key.add("fcn.stage", fcn).add("dataset.digest", session.data.digest);
  key.add("repeats", session.run.evaluation.repeats).add("seed", session.run.seed);
  key.add("measures", session.run.evaluation.measures).add("rnn_steps", session.run.evaluation.rnn_steps);
  key.add("dtw_window", session.run.evaluation.dtw_window);
  key.add("cas.stage", classifier_key(session, samples)).add("cas_real.stage", real_classifier_key(session));
  key.add(session.run.prior.info).add(session.run.tokenizer.info);
  return std::move(key.add_environment(session.run));
}

StageOutput measures_stage(const Session& session, const StageOutput& tokenizer, const StageOutput& tokens,
                           const StageOutput& prior, const StageOutput& samples) {
  std::optional<StageOutput> fcn;
  if (has_feature_network(session.data)) fcn = fcn_stage(session);
  const StageKey key = measures_key(session, tokens.key, prior.key, samples.key, fcn ? fcn->key : "none");
  return session.store.get("measures", key, session.progress, [&](const std::filesystem::path&) {
    return measures_of(session, tokenizer.record, tokens.record, prior.record, samples.record, samples.key,
                       fcn ? &fcn->record : nullptr);
  });
}

}  // namespace autodidact
