#include "protocol/corruption_study.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "data/corrupt.hpp"
#include "host/convert.hpp"
#include "host/open.hpp"
#include "host/random.hpp"
#include "metrics/measure.hpp"
#include "metrics/report.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/measuring.hpp"
#include "protocol/run.hpp"
#include "protocol/stages.hpp"

namespace autodidact {

namespace {

Series rows_of(const Series& series, const at::Tensor& rows) {
  return {series.x.index_select(0, rows), series.y.defined() ? series.y.index_select(0, rows) : series.y};
}

// Features of real series are made once: they are the same under every corruption.
Extractor remembering(const Extractor& extractor, const std::vector<at::Tensor>& real) {
  if (!extractor.features) return extractor;
  std::vector<at::Tensor> known;
  for (const at::Tensor& x : real) known.push_back(extractor.features(x));
  Extractor faster = extractor;
  faster.features = [extractor, real, known](const at::Tensor& x) {
    for (std::size_t i = 0; i < real.size(); ++i)
      if (x.const_data_ptr() == real[i].const_data_ptr() && x.sizes() == real[i].sizes()) return known[i];
    return extractor.features(x);
  };
  return faster;
}

class Rows {
 public:
  void add(const Run& run, const std::string& corruption, std::int64_t level, double strength,
           const std::vector<Measurement>& found) {
    for (const Measurement& m : found) {
      if (m.n_gen == 0) continue;  // says nothing of samples
      const MeasureInfo& info = measure_info(m.name);
      if (level == 0) intervals_[m.name] = {m.low, m.high};
      const auto interval = intervals_.find(m.name);
      texts_[0].push_back(run.dataset);
      texts_[1].push_back(corruption);
      levels_.push_back(level);
      texts_[2].push_back(m.name);
      texts_[3].push_back(info.rank_class);
      texts_[4].push_back(m.direction);
      texts_[5].push_back(m.status);
      const std::pair<double, double> none(NAN, NAN), bounds = interval == intervals_.end() ? none : interval->second;
      numbers_[0].push_back(strength);
      numbers_[1].push_back(m.value);
      numbers_[2].push_back(bounds.first);
      numbers_[3].push_back(bounds.second);
    }
  }
  Table table() const {
    return {{"dataset", "corruption", "level", "strength", "measure", "class", "direction", "value", "low", "high",
             "status"},
            {texts_[0], texts_[1], levels_, numbers_[0], texts_[2], texts_[3], texts_[4], numbers_[1], numbers_[2],
             numbers_[3], texts_[5]}};
  }

 private:
  std::vector<std::string> texts_[6];
  std::vector<std::int64_t> levels_;
  std::vector<double> numbers_[4];
  std::map<std::string, std::pair<double, double>> intervals_;  // of the dataset at hand
};

MeasureInput of_samples(MeasureInput input, const Series& samples, bool values_only) {
  input.samples = samples.x;
  if (samples.y.defined()) {
    input.conditional_x = samples.x;
    input.conditional_y = samples.y;
  }
  input.values_only = values_only;
  return input;
}

void study(const Run& run, const RunOptions& options, const Progress& progress, Rows& rows) {
  Dataset data = load_data(run, options);
  at::Generator generator = generator_for({static_cast<std::uint64_t>(run.seed), "study", "protocol", "order"});
  const at::Tensor order = at::randperm(data.test.size(), generator, at::kLong);
  const std::int64_t half = data.test.size() / 2;
  const Series all = data.test, base = rows_of(all, std::get<0>(order.narrow(0, half, half).sort()));
  StageStore store(options.out / "stages", options.reuse_versions);
  const Session whole{run, data, store, progress, options.checkpoint_seconds, options.version};
  std::optional<StageOutput> fcn;
  if (has_feature_network(data)) fcn = fcn_stage(whole);
  data.test = rows_of(all, std::get<0>(order.narrow(0, 0, half).sort()));

  Record samples, ignored;
  samples.arrays["samples/unconditional/x"] = to_array(base.x);
  if (base.y.defined() && data.n_classes.value_or(0) > 1) {
    samples.arrays["samples/conditional/x"] = to_array(base.x);
    samples.arrays["samples/conditional/y"] = to_array(base.y);
  }
  MeasureInput input = judged_input(whole, samples, "study " + data.digest, fcn ? &fcn->record : nullptr, ignored);
  const std::vector<at::Tensor> real = {input.train_x, input.test_x};
  if (input.fcn) input.fcn = remembering(*input.fcn, real);
  input.rocket = remembering(input.rocket, real);
  input.minirocket = remembering(input.minirocket, real);
  rows.add(run, "none", 0, 0, measure(of_samples(input, base, /*values_only=*/false)));
  input.cas.reset();  // of the series as they are: networks are not trained on each corruption
  input.recurrent.reset();
  std::int64_t done = 0, total = 0;
  for (const Corruption& c : corruptions()) total += static_cast<std::int64_t>(c.strengths.size());
  for (const Corruption& corruption : corruptions()) {
    const bool possible = !corruption.labels || (base.y.defined() && data.n_classes.value_or(0) > 1);
    for (std::size_t i = 0; i < corruption.strengths.size(); ++i, ++done) {
      if (progress.stopped()) throw Stopped("study: stopped");
      progress.at(done, total, "set", NAN);
      if (!possible) continue;
      const std::uint64_t seed =
          stream_seed({static_cast<std::uint64_t>(run.seed), "study", corruption.name, "sample"});
      const Series spoilt = corruption.apply(base, data.train, corruption.strengths[i], seed);
      rows.add(run, corruption.name, static_cast<std::int64_t>(i) + 1, corruption.strengths[i],
               measure(of_samples(input, spoilt, /*values_only=*/true)));
    }
  }
}

}  // namespace

Table corruption_study(const std::vector<Run>& runs, const RunOptions& options, const Progress& progress) {
  prepare_process(runs.front());
  const at::NoGradGuard no_grad;
  Rows rows;
  for (const Run& run : runs) {
    progress.say("study of " + run.dataset, StageEvent::started, "");
    study(run, options, progress, rows);
    progress.say("study of " + run.dataset, StageEvent::finished, "");
  }
  return rows.table();
}

}  // namespace autodidact
