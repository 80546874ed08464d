#include "protocol/rehearsal.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <map>
#include <set>

#include "autodidact/plugin/error.hpp"
#include "config/cards.hpp"
#include "host/open.hpp"
#include "host/random.hpp"
#include "metrics/fcn.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/judges.hpp"
#include "protocol/run.hpp"
#include "protocol/stages.hpp"
#include "protocol/trainer.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kFewSteps = 6;  // of the networks that judge
const std::vector<std::string> kStages = {"tokenizer", "tokens",  "prior", "samples", "fcn", "cas_real",
                                          "cas",       "ds_real", "ds",    "ps_real", "ps",  "measures"};

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "autodidact-rehearsal-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw std::runtime_error("no scratch folder can be made in " + fs::temp_directory_path().string());
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// `of` in shape, with other counts. One series repeated where only counts and keys are looked at, walks to train on.
Dataset sized(const Dataset& of, std::int64_t train, std::int64_t test, bool walks) {
  Dataset data = of;
  const auto series = [&](std::int64_t n) {
    Series s;
    if (walks) {
      at::Generator generator = generator_for({1, "rehearsal", "data", "evaluate", n});
      const at::Tensor walk =
          at::randn({n, of.channels, of.length}, generator, at::TensorOptions(at::kFloat)).cumsum(2);
      s.x = (walk - walk.mean()) / walk.std().clamp_min(1e-6);
    } else {
      s.x = at::zeros({1, 1, 1}).expand({n, 1, 1});
    }
    if (of.n_classes) s.y = at::arange(n, at::kLong).remainder(*of.n_classes);
    return s;
  };
  data.train = series(train);
  data.test = series(test);
  if (walks)
    data.digest = fmt::format("walks {} {} {} {} {}", of.channels, of.length, train, test, of.n_classes.value_or(0));
  return data;
}

// A dataset that is not there, by its card: counts and shape, no values.
Dataset of_card(const Card& card, const Run& run) {
  Dataset data;
  data.name = card.name;
  data.channels = card.channels;
  data.length = card.length;
  if (card.classes > 0) data.n_classes = card.classes;
  data.digest = "card " + card.name;
  double train = static_cast<double>(card.train), test = static_cast<double>(card.test);
  if (run.split == "stratified_80_20") std::tie(train, test) = std::pair{0.8 * (train + test), 0.2 * (train + test)};
  train *= 1.0 - run.validation;
  const auto kept = [&](double n) {
    const auto count = std::max<std::int64_t>(1, std::llround(n));
    return run.max_series > 0 ? std::min(count, run.max_series) : count;
  };
  return sized(data, kept(train), kept(test), /*walks=*/false);
}

double seconds_of(const Record& record, const std::string& stage) {
  return std::get<double>(record.attributes.at("cost/" + stage).at("seconds"));
}

// Of one step in the second epoch; the first also warms up.
double step_seconds(const Record& record, const std::string& stage) {
  const Table& history = record.tables.at("history/" + stage);
  const auto& seconds = std::get<std::vector<double>>(*history.find("seconds"));
  const auto& steps = std::get<std::vector<std::int64_t>>(*history.find("step"));
  return (seconds.at(1) - seconds.at(0)) / static_cast<double>(steps.at(1) - steps.at(0));
}

double blocks(std::int64_t n, std::int64_t block) { return static_cast<double>((n + block - 1) / block); }

// Seconds of each stage of `run` on data of the size of `data`.
class Rehearsal {
 public:
  Rehearsal(StageStore& store, const std::atomic<bool>* stop) : store_(store) { quiet_.stop = stop; }

  std::map<std::string, double> seconds(const Run& run, const Dataset& data) {
    std::map<std::string, double> all = downstream(run, data);
    all["tokenizer"] =
        tokenizer_step(run, data) * static_cast<double>(train_length(run.train_tokenizer, data.train.size()).steps);
    return all;
  }

 private:
  static void two_epochs(TrainSettings& settings) {
    settings.epochs = 2;
    settings.steps = 0;
  }

  double tokenizer_step(const Run& run, const Dataset& data) {
    Run small = run;
    small.seed = 1;
    two_epochs(small.train_tokenizer);
    const Dataset made = sized(data, std::min(data.train.size(), 2 * run.train_tokenizer.batch), 1, /*walks=*/true);
    Run same = small;
    same.augmentation_steps.clear();  // sets cost about the same: one is enough
    const std::string key = tokenizer_key({same, made, store_, quiet_}).hex();
    if (const auto known = steps_.find(key); known != steps_.end()) return known->second;
    return steps_[key] = step_seconds(tokenizer_stage({small, made, store_, quiet_}).record, "tokenizer");
  }

  // Everything behind the tokenizer, with a tokenizer of one step: what it has learnt does not change how long it
  // takes.
  std::map<std::string, double> downstream(const Run& run, const Dataset& data) {
    const std::int64_t block = run.evaluation.block, n_train = data.train.size(), n_test = data.test.size();
    Run small = run;
    small.seed = 1;
    small.tau = 0;
    small.augmentation.clear();
    small.augmentation_steps.clear();
    small.train_tokenizer.steps = 1;
    two_epochs(small.train_prior);
    const Dataset made = sized(data, std::min(n_train, std::max(2 * run.train_prior.batch, block)),
                               std::min(n_test, block), /*walks=*/true);
    const SampleCounts asked = sample_counts(run, n_train, n_test);
    small.evaluation.unconditional = std::min(asked.unconditional, block);
    small.evaluation.conditional = std::min(std::max<std::int64_t>(asked.conditional, 1), block);
    small.evaluation.cas_steps = small.evaluation.rnn_steps = kFewSteps;
    small.evaluation.fcn_steps = 2 * steps_per_epoch(made.train.size(), kFcnBatch);

    const Session session{small, made, store_, quiet_};
    const StageOutput tokenizer = tokenizer_stage(session), tokens = tokens_stage(session, tokenizer);
    const StageOutput prior = prior_stage(session, tokenizer, tokens);
    const StageOutput samples = samples_stage(session, tokenizer, prior);
    std::map<std::string, double> all;
    const double each_block =
        seconds_of(tokens.record, "tokens") / (blocks(made.train.size(), block) + blocks(made.test.size(), block));
    all["tokens"] = each_block * (blocks(n_train, block) + blocks(n_test, block));
    all["prior"] = prior_seconds(run, prior.record, n_train, made.train.size());
    if (run.tau > 0)
      all["prior"] +=
          static_cast<double>(train_length(run.train_prior, n_train).epochs) * each_block * blocks(n_train, block);
    const SampleCounts drawn{small.evaluation.unconditional, asked.conditional > 0 ? small.evaluation.conditional : 0};
    const auto sample_blocks = [&](const SampleCounts& c) {
      return blocks(c.unconditional, block) + blocks(c.conditional, block);
    };
    all["samples"] = seconds_of(samples.record, "samples") * sample_blocks(asked) / sample_blocks(drawn);
    if (has_feature_network(data)) all["fcn"] = fcn_seconds(run, session, data);
    if (const auto scores = classifier_scores(session, {samples.record, samples.key}))
      all["cas"] = all["cas_real"] = scores->seconds * static_cast<double>(run.evaluation.cas_steps) / kFewSteps;
    if (const auto scores = recurrent_scores(session, {samples.record, samples.key}))
      for (const auto& [kind, seconds] : scores->seconds)
        all[kind] = seconds * static_cast<double>(run.evaluation.rnn_steps) / kFewSteps;
    const StageOutput measures = measures_stage(session, tokenizer, tokens, prior, samples);
    const auto series = [](const Dataset& d, const SampleCounts& c) {
      return static_cast<double>(d.train.size() + d.test.size() + c.unconditional + c.conditional);
    };
    all["measures"] = seconds_of(measures.record, "measures") * series(data, asked) / series(made, drawn);
    return all;
  }

  static double prior_seconds(const Run& run, const Record& prior, std::int64_t n_train, std::int64_t n_small) {
    if (!run.prior.info.can("gradient"))
      return seconds_of(prior, "prior") * static_cast<double>(n_train) / static_cast<double>(n_small);
    return step_seconds(prior, "prior") * static_cast<double>(train_length(run.train_prior, n_train).steps);
  }

  static double fcn_seconds(const Run& run, const Session& small, const Dataset& data) {
    const Evaluation& e = run.evaluation;
    const std::int64_t epochs =
        Fcn::epochs(data.channels, data.length, *data.n_classes, data.train.size(), e.fcn_epochs, e.fcn_tflop);
    const std::int64_t steps = e.fcn_steps > 0 ? e.fcn_steps : epochs * steps_per_epoch(data.train.size(), kFcnBatch);
    return step_seconds(fcn_stage(small).record, "fcn") * static_cast<double>(steps);
  }

  StageStore& store_;
  Progress quiet_;  // stops when asked to, and says nothing
  std::map<std::string, double> steps_;
};

Dataset data_of(const Run& run, const RunOptions& options, std::set<std::string>& by_card) {
  try {
    return load_data(run, options);
  } catch (const DatasetMissing&) {
    const auto card = find_card(run.dataset, options.card_dirs);
    if (!card) throw;
    by_card.insert(run.dataset);
    return of_card(*card, run);
  }
}

}  // namespace

Estimate estimate(const std::vector<Run>& runs, const RunOptions& options, const Progress& progress) {
  std::map<std::string, StageEstimate> sums;
  std::set<std::string> counted, by_card, told;
  Estimate out;
  const ScratchFolder scratch;
  StageStore store(options.out / "stages", options.reuse_versions), rehearsed(scratch.path(), false);
  Rehearsal rehearsal(rehearsed, progress.stop);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (progress.stopped()) throw Stopped("rehearsal: stopped");
    progress.at(static_cast<std::int64_t>(i), static_cast<std::int64_t>(runs.size()), "run", NAN);
    const Run& run = runs[i];
    if (i == 0) prepare_process(run);
    try {
      const Dataset data = data_of(run, options, by_card);
      const Progress silent;
      std::vector<std::string> todo;
      for (const auto& [stage, key] : stage_keys({run, data, store, silent}))
        if (key != "none" && !store.has(key) && counted.insert(key).second) todo.push_back(stage);
      if (todo.empty()) continue;
      const std::map<std::string, double> seconds = rehearsal.seconds(run, data);
      for (const std::string& stage : todo) {
        ++sums[stage].count;
        sums[stage].seconds += seconds.at(stage);
      }
    } catch (const Stopped&) {
      throw;
    } catch (const std::exception& e) {
      if (told.insert(run.method + run.dataset).second)
        out.notes.push_back(fmt::format("not rehearsed: {} on {}: {}", run.method, run.dataset, e.what()));
    }
  }
  for (const std::string& stage : kStages)
    if (const auto found = sums.find(stage); found != sums.end())
      out.stages.push_back({stage, found->second.count, found->second.seconds});
  if (!by_card.empty()) {
    std::string names;
    for (const std::string& name : by_card) names += (names.empty() ? "" : ", ") + name;
    out.notes.push_back("not found here, counted by their cards: " + names);
  }
  return out;
}

}  // namespace autodidact
