#include "protocol/run.hpp"

#include <fmt/format.h>

#include "autodidact/plugin/error.hpp"
#include "host/open.hpp"
#include "metrics/measure.hpp"
#include "protocol/feature_network.hpp"
#include "protocol/judges.hpp"
#include "protocol/provenance.hpp"
#include "protocol/stages.hpp"
#include "results/file.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace fs = std::filesystem;

std::string run_id(const Run& run, const Dataset& data) { return sha256(run.to_toml() + data.digest).substr(0, 16); }

Dataset load_data(const Run& run, const RunOptions& options) {
  DatasetRequest request;
  request.name = run.dataset;
  request.options = run.dataset_options;
  request.roots = options.data_roots;
  request.card_dirs = options.card_dirs;
  request.split = run.split;
  request.validation = run.validation;
  request.seed = static_cast<std::uint64_t>(run.seed);
  request.max_series = run.max_series;
  return load_dataset(request);
}

void seal(Record& record) {
  Values& root = record.attributes[""];
  root["content_digest"] = content_digest(record, kContentPrefixes);
  root["metrics_digest"] = content_digest(record, kMetricsPrefixes);
}

void check_same_data(const Record& record, const fs::path& file, const Dataset& data) {
  const auto provenance = record.attributes.find("provenance");
  if (provenance == record.attributes.end() || !provenance->second.count("dataset.digest"))
    throw DataError(file.string() + ": is no finished run: provenance/dataset.digest is missing");
  const Value& digest = provenance->second.at("dataset.digest");
  if (digest != Value(data.digest))
    throw DataError(
        fmt::format("{}: was made from other data of the name '{}': dataset digest {}, found {}. Give the "
                    "folder with the same files by --data",
                    file.string(), data.name, to_toml(digest), data.digest));
}

std::vector<std::pair<std::string, std::string>> stage_keys(const Session& session) {
  const std::string tokenizer = tokenizer_key(session).hex();
  const std::string tokens = tokens_key(session, tokenizer).hex();
  const std::string prior = prior_key(session, tokens).hex();
  const std::string samples = samples_key(session, tokenizer, prior).hex();
  const std::string fcn = has_feature_network(session.data) ? fcn_key(session).hex() : "none";
  const std::int64_t made =
      sample_counts(session.run, session.data.train.size(), session.data.test.size()).unconditional;
  std::vector<std::pair<std::string, std::string>> keys = {{"tokenizer", tokenizer},
                                                           {"tokens", tokens},
                                                           {"prior", prior},
                                                           {"samples", samples},
                                                           {"fcn", fcn},
                                                           {"cas_real", real_classifier_key(session)},
                                                           {"cas", classifier_key(session, samples)}};
  for (const auto& recurrent : recurrent_keys(session, samples, made)) keys.push_back(recurrent);
  keys.emplace_back("measures", measures_key(session, tokens, prior, samples, fcn).hex());
  return keys;
}

namespace {

// Whether `file` is this run, finished, made from these very inputs: only its root is read.
bool finished(const fs::path& file, const std::string& measures) {
  if (!fs::exists(file)) return false;
  try {
    const Record stored = read_record(file, {[](const std::string&) { return false; }});
    const Values& root = stored.attributes.at("");
    return root.at("status") == Value(std::string("ok")) && root.at("measures.stage") == Value(measures);
  } catch (const std::exception&) {
    return false;  // damaged: written anew
  }
}

// Outputs of all stages as one record. What stage keys were made of goes to provenance.
Record collect(const Session& session, std::vector<StageOutput*> outputs) {
  Record record;
  bool by_version = false;
  for (StageOutput* output : outputs) {
    by_version = by_version || output->by_version;
    record.merge(std::move(output->record));
  }
  describe(record, session);
  record.attributes["provenance"]["reused_by_version"] = by_version;
  return record;
}

std::string planned_samples(const Session& session) {
  for (const auto& [stage, key] : stage_keys(session))
    if (stage == "samples") return key;
  return "";
}

// The whole method: data -> tokenizer -> tokens -> prior -> samples -> record -> measures.
RunOutcome protocol(const Session& session, const fs::path& file) {
  tell_judge_cost(session, planned_samples(session),
                  sample_counts(session.run, session.data.train.size(), session.data.test.size()));
  StageOutput tokenizer = tokenizer_stage(session);
  StageOutput tokens = tokens_stage(session, tokenizer);
  StageOutput prior = prior_stage(session, tokenizer, tokens);
  StageOutput samples = samples_stage(session, tokenizer, prior);
  StageOutput measures = measures_stage(session, tokenizer, tokens, prior, samples);
  RunOutcome outcome{file};
  for (const StageOutput* stage : {&tokenizer, &tokens, &prior, &samples, &measures})
    outcome.trained = outcome.trained || stage->made;
  Record record = collect(session, {&tokenizer, &tokens, &prior, &samples, &measures});
  record.attributes["provenance"]["samples.stage"] = samples.key;
  record.attributes[""]["measures.stage"] = measures.key;
  seal(record);
  write_record(record, file);
  return outcome;
}

// The stage that made a record's samples, so that networks trained on them are found again; their digest in old
// records.
std::string samples_origin(const Record& record) {
  const Values& from = record.attributes.at("provenance");
  const auto stage = from.find("samples.stage");
  return stage != from.end() ? std::get<std::string>(stage->second) : content_digest(record, {"samples/"});
}

RunOutcome failure(const Session& session, const fs::path& file, const std::string& reason) {
  Record record;
  describe(record, session);
  record.attributes[""]["status"] = std::string("failed");
  record.attributes[""]["reason"] = reason;
  seal(record);
  write_record(record, file);
  return {file, true, "failed", reason};
}

}  // namespace

RunOutcome execute(const Run& run, const RunOptions& options, const Progress& progress) {
  prepare_process(run);
  const Dataset data = load_data(run, options);
  for (const std::string& note : data.notes)
    if (progress.log) progress.log(LogLevel::info, data.name + ": " + note);
  StageStore store(options.out / "stages", options.reuse_versions);
  remove_leftovers(options.out);
  remove_leftovers(options.out / "stages");
  const Session session{run, data, store, progress, options.checkpoint_seconds, options.version};
  const fs::path file = options.out / (run_id(run, data) + ".h5");
  if (finished(file, stage_keys(session).back().second)) return {file};
  try {
    return protocol(session, file);
  } catch (const Diverged& e) {
    progress.say("run", StageEvent::failed, e.what());
    return failure(session, file, std::string("diverged: ") + e.what());
  } catch (const PluginError& e) {
    if (progress.stopped()) throw Stopped(e.what());  // a plugin that was asked to stop says so in words of its own
    progress.say("run", StageEvent::failed, e.what());
    return failure(session, file, e.what());
  }
}

RunState look(const Run& run, const RunOptions& options) {
  RunState state;
  const Selection known(run.evaluation.measures);  // a name that is none is told before anything is trained
  try {
    const Dataset data = load_data(run, options);
    StageStore store(options.out / "stages", options.reuse_versions);
    const Progress silent;
    const Session session{run, data, store, silent, options.checkpoint_seconds, options.version};
    state.id = run_id(run, data);
    state.file = options.out / (state.id + ".h5");
    const auto keys = stage_keys(session);
    state.done = finished(state.file, keys.back().second);
    for (const auto& [stage, key] : keys)
      if (key != "none" && !store.has(key)) state.missing.push_back(stage);
  } catch (const DataError& e) {
    state.error = e.what();
  }
  return state;
}

RunOutcome score_again(const fs::path& file, const Run& run, const RunOptions& options, const Progress& progress) {
  prepare_process(run);
  const Dataset data = load_data(run, options);
  Record record = read_record(file);
  check_same_data(record, file, data);
  StageStore store(options.out / "stages", options.reuse_versions);
  const Session session{run, data, store, progress, options.checkpoint_seconds, options.version};
  std::optional<StageOutput> fcn;
  if (has_feature_network(data)) fcn = fcn_stage(session);
  const std::string origin = samples_origin(record);
  tell_judge_cost(session, origin, counts_in(record));
  Record fresh = measures_of(session, record, record, record, record, origin, fcn ? &fcn->record : nullptr);
  const auto drop = [](auto& map, const std::string& prefix) {
    for (auto it = map.lower_bound(prefix); it != map.end() && it->first.starts_with(prefix);) it = map.erase(it);
  };
  for (const std::string prefix : {"metrics/", "nll/", "plots/"}) {
    drop(record.arrays, prefix);
    drop(record.tables, prefix);
  }
  for (const std::string group : {"metrics", "fcn", "cost/measures", "cost/cas"}) record.attributes.erase(group);
  record.merge(std::move(fresh));
  seal(record);
  write_record(record, file);
  return {file, true};
}

}  // namespace autodidact
