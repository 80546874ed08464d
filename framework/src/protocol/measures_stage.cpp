// Measures: a function of what the stages stored and of two feature extractors. Can be redone years later.
#include <ATen/ATen.h>

#include <cmath>

#include "host/convert.hpp"
#include "host/random.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/likelihood.hpp"
#include "protocol/stages.hpp"
#include "protocol/state.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kPlotRows = 512;  // features kept for the page's projection

at::Tensor tensor_at(const Record& record, const std::string& path) {
  return record.has(path) ? to_tensor(record.array(path)) : at::Tensor();
}

// Tables want columns; a Measurement is a row.
Table to_table(const std::vector<Measurement>& rows) {
  Table table;
  const auto column = [&](const std::string& name, auto get) {
    using T = std::decay_t<decltype(get(rows.front()))>;
    std::vector<T> values;
    for (const Measurement& m : rows) values.push_back(get(m));
    table.names.push_back(name);
    table.columns.emplace_back(std::move(values));
  };
  using M = Measurement;
  column("name", [](const M& m) { return m.name; });
  column("version", [](const M& m) { return m.version; });
  column("value", [](const M& m) { return m.value; });
  column("std", [](const M& m) { return m.std; });
  column("repeats", [](const M& m) { return m.repeats; });
  column("low", [](const M& m) { return m.low; });
  column("high", [](const M& m) { return m.high; });
  column("unit", [](const M& m) { return m.unit; });
  column("direction", [](const M& m) { return m.direction; });
  column("floor", [](const M& m) { return m.floor; });
  column("value_at_floor", [](const M& m) { return m.value_at_floor; });
  column("n_real", [](const M& m) { return m.n_real; });
  column("n_gen", [](const M& m) { return m.n_gen; });
  column("n_floor", [](const M& m) { return m.n_floor; });
  column("reference", [](const M& m) { return m.reference; });
  column("extractor", [](const M& m) { return m.extractor; });
  column("seed", [](const M& m) { return static_cast<std::int64_t>(m.seed); });
  column("status", [](const M& m) { return m.status; });
  column("note", [](const M& m) { return m.note; });
  return table;
}

// What a tokenizer with `legacy_crop` leaves out at the end: the samples behind its last whole hop.
std::int64_t cropped_samples(const Run& run, std::int64_t length) {
  const auto legacy = run.tokenizer.params.find("legacy_crop"), hop = run.tokenizer.params.find("hop");
  if (legacy == run.tokenizer.params.end() || legacy->second != Value(true)) return 0;
  const auto* step = hop == run.tokenizer.params.end() ? nullptr : std::get_if<std::int64_t>(&hop->second);
  return step ? length % *step : 0;
}

MeasureInput gather(const Session& session, const Record& tokens, const Record& samples) {
  const Dataset& data = session.data;
  MeasureInput in;
  in.train_x = data.train.x;
  in.train_y = data.train.y;
  in.test_x = data.test.x;
  in.test_y = data.test.y;
  in.n_classes = data.n_classes;
  in.tokens_train = to_tensor(tokens.array("tokens/train"));
  in.tokens_test = to_tensor(tokens.array("tokens/test"));
  for (const char* kind : {"quantised/avg", "quantised/avgmax", "continuous/avg", "continuous/avgmax"}) {
    in.features_train[kind] = to_tensor(tokens.array(std::string("features/train/") + kind));
    in.features_test[kind] = to_tensor(tokens.array(std::string("features/test/") + kind));
  }
  in.reconstruction = to_tensor(tokens.array("reconstruction/test"));
  in.crop = cropped_samples(session.run, data.length);
  in.samples = to_tensor(samples.array("samples/unconditional/x"));
  in.conditional_x = tensor_at(samples, "samples/conditional/x");
  in.conditional_y = tensor_at(samples, "samples/conditional/y");
  in.seed = stream_seed({static_cast<std::uint64_t>(session.run.seed), "measures", "protocol", "evaluate"});
  in.repeats = session.run.evaluation.repeats;
  return in;
}

void add_streams(MeasureInput& in, Tokenizer& tokenizer) {
  const auto codebooks = tokenizer.codebooks();
  const Layout layout = tokenizer.layout();
  for (std::size_t s = 0; s < layout.size(); ++s) {
    const at::Tensor book = s < codebooks.size() && codebooks[s] ? *codebooks[s] : at::Tensor();
    in.streams.push_back({layout[s].name, layout[s].first, layout[s].count(), layout[s].vocabulary, book});
  }
}

// What the page draws: two feature clouds and a few real series.
void put_previews(Record& record, const MeasureInput& in) {
  const Extractor& extractor = in.fcn ? *in.fcn : in.rocket;
  const auto rows = [&](const at::Tensor& x) { return to_array(extractor.features(x.slice(0, 0, kPlotRows)).to(at::kFloat)); };
  record.arrays["plots/features/real"] = rows(in.test_x);
  record.arrays["plots/features/generated"] = rows(in.samples);
  record.arrays["plots/series/real"] = to_array(in.test_x.slice(0, 0, 64));
}

}  // namespace

Record measures_of(const Session& session, const Record& tokenizer_record, const Record& tokens, const Record& prior_record,
                   const Record& samples, const Record* fcn) {
  const at::NoGradGuard no_grad;
  const Stopwatch watch;
  const Run& run = session.run;
  const DataShape shape = shape_of(session.data);
  Live<Tokenizer> tokenizer = frozen_tokenizer(run, shape, tokenizer_record, "measures", session.progress);
  Live<Prior> prior = frozen_prior(run, shape, *tokenizer.object, prior_record, "measures", "prior",
                                   session.progress);
  const FrozenCheck frozen_tokenizer_("tokenizer", state_of(tokenizer->parameters(), tokenizer->buffers()));
  const FrozenCheck frozen_prior_("prior", state_of(prior->parameters(), prior->buffers()));

  Record record;
  MeasureInput in = gather(session, tokens, samples);
  add_streams(in, *tokenizer.object);
  const at::Tensor y = run.prior.info.can("conditional") ? in.test_y : at::Tensor();
  in.masked = masked_scores(*prior.object, tokenizer->layout(), in.tokens_test, y, run.evaluation.block, record);
  in.nll_exact = exact_scores(*prior.object, in.tokens_test, y, run.evaluation.block, record);
  session.progress.at(1, 3, "part", NAN);
  if (fcn) {
    in.fcn = fcn_extractor(restore_fcn(session.data, *fcn));
    record.attributes["fcn"] = fcn->attributes.at("fcn");
    const auto accuracy = record.attributes["fcn"].find("test_accuracy");
    if (accuracy != record.attributes["fcn"].end()) in.fcn_test_accuracy = std::get<double>(accuracy->second);
  }
  in.rocket = rocket_extractor(session.data.channels, session.data.length);
  record.tables["metrics/table"] = to_table(measure(in));
  session.progress.at(2, 3, "part", NAN);
  put_previews(record, in);
  if (in.crop > 0) record.attributes["metrics"]["cropped_samples"] = in.crop;
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
  key.add(session.run.prior.info).add(session.run.tokenizer.info);
  return std::move(key.add_environment(session.run));
}

StageOutput measures_stage(const Session& session, const StageOutput& tokenizer, const StageOutput& tokens,
                           const StageOutput& prior, const StageOutput& samples) {
  std::optional<StageOutput> fcn;
  if (has_feature_network(session.data)) fcn = fcn_stage(session);
  const StageKey key = measures_key(session, tokens.key, prior.key, samples.key, fcn ? fcn->key : "none");
  return session.store.get("measures", key, session.progress, [&](const std::filesystem::path&) {
    return measures_of(session, tokenizer.record, tokens.record, prior.record, samples.record,
                       fcn ? &fcn->record : nullptr);
  });
}

}  // namespace autodidact
