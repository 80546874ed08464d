#include "protocol/provenance.hpp"

#include <ATen/ATen.h>
#include <ATen/Version.h>
#include <fmt/format.h>

#include <chrono>

#include "host/services.hpp"
#include "protocol/run.hpp"
#include "protocol/stage_key.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace {

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

void describe_plugin(Values& values, const std::string& kind, const PluginChoice& choice) {
  values[kind] = choice.info.name;
  values[kind + ".version"] = choice.info.version;
  values[kind + ".digest"] = choice.info.digest;
  for (const std::string& name : choice.file_params)
    values[kind + "." + name + ".digest"] = sha256(std::get<std::string>(choice.params.at(name)));
}

}  // namespace

namespace {

void describe_root(Record& record, const Session& session) {
  const Run& run = session.run;
  Values& root = record.attributes[""];
  root["schema"] = std::int64_t{1};
  root["status"] = std::string("ok");
  root["reason"] = std::string();
  root["created"] = utc_now();
  root["autodidact"] = session.version;
  root["suite"] = run.suite;
  root["method"] = run.method;
  root["dataset"] = run.dataset;
  root["seed"] = run.seed;
  root["order"] = run.order;
}

// The data and the machine.
void describe_surroundings(Record& record, const Session& session) {
  const Run& run = session.run;
  const Dataset& data = session.data;
  Values& from = record.attributes["provenance"];
  from["dataset.digest"] = data.digest;
  from["dataset.source"] = data.source;
  from["engine.digest"] = engine_digest();
  from["fingerprint"] = std::string(AUTODIDACT_FINGERPRINT);
  from["libtorch"] = std::string(AUTODIDACT_LIBTORCH);
  from["libtorch.build"] = at::show_config();
  from["cpu"] = cpu_name();
  from["cpu_capability"] = at::get_cpu_capability();
  from["device"] = run.device;
  from["threads"] = run.threads;
  from["precision"] = std::string(resolve_precision(run.precision) == Precision::bf16 ? "bf16" : "fp32");
  std::string notes;
  for (const std::string& note : data.notes) notes += note + "\n";
  record.texts["provenance/dataset_notes"] = notes;

  Values& shape = record.attributes["data"];
  shape["channels"] = data.channels;
  shape["length"] = data.length;
  shape["n_train"] = data.train.size();
  shape["n_test"] = data.test.size();
  shape["n_classes"] = data.n_classes.value_or(0);
  shape["mean"] = data.mean;
  shape["std"] = data.std;
  std::string names;
  for (const std::string& name : data.class_names) names += name + "\n";
  record.texts["data/class_names"] = names;
}

}  // namespace

void describe(Record& record, const Session& session) {
  const Run& run = session.run;
  describe_root(record, session);
  record.attributes[""]["run_id"] = run_id(run, session.data);
  record.texts["config/toml"] = run.to_toml();
  record.attributes["config"] = run.flat();
  Values& from = record.attributes["provenance"];
  describe_plugin(from, "tokenizer", run.tokenizer);
  describe_plugin(from, "objective", run.objective);
  describe_plugin(from, "prior", run.prior);
  from["trials"] = run.trials;
  describe_surroundings(record, session);
}

void describe_external(Record& record, const Session& session) {
  describe_root(record, session);
  record.attributes[""]["external"] = true;
  Values& config = record.attributes["config"];
  for (const auto& [key, value] : session.run.flat()) {
    const bool measured = key == "evaluation" || key.starts_with("evaluation.") || key.starts_with("data.");
    const bool named = key == "method" || key == "dataset" || key == "seed" || key == "threads";
    if (measured || named || key.starts_with("dataset.")) config[key] = value;
  }
  describe_surroundings(record, session);
}

}  // namespace autodidact
