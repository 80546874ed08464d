#include "config/external.hpp"

#include "config/overrides.hpp"
#include "config/param.hpp"
#include "config/protocol_keys.hpp"
#include "config/suggest.hpp"

namespace autodidact {
namespace {

bool is_evaluation(const std::string& key) { return key == "evaluation" || key.starts_with("evaluation."); }
bool is_allowed(const std::string& key, bool external) {
  return is_evaluation(key) || (external && key.starts_with("data."));
}

// One of the run's own numbers.
bool set_number(Run& run, const std::string& key, const Node& value, Faults& faults) {
  std::int64_t* field = key == "seed" ? &run.seed : key == "threads" ? &run.threads : nullptr;
  if (!field) return false;
  const ParamInfo info = ranged(param(ParamType::integer, key, "", ""), key == "seed" ? 0 : 1, 1e9);
  if (const auto number = to_value(value, info, key, faults)) *field = std::get<std::int64_t>(*number);
  return true;
}

bool set_option(Run& run, const std::string& key, const Node& value, Faults& faults) {
  if (!key.starts_with("dataset.") || key.size() == 8) return false;
  const std::string own = "dataset." + run.dataset + ".";  // as `run` has it, which may have many
  if (key.starts_with(own)) return set_option(run, "dataset." + key.substr(own.size()), value, faults);
  if (const auto* whole = std::get_if<std::int64_t>(&value.value))
    run.dataset_options[key.substr(8)] = *whole;
  else if (const auto* real = std::get_if<double>(&value.value))
    run.dataset_options[key.substr(8)] = *real;
  else if (value.text())
    run.dataset_options[key.substr(8)] = *value.text();
  else
    faults.add(value.where, key, "found " + value.describe() + ", expected a number or a text");
  return true;
}

void apply(Run& run, const std::string& key, const Node& value, bool external, Faults& faults) {
  if (const ProtocolKey* known = is_allowed(key, external) ? find_protocol_key(key) : nullptr) {
    if (const auto found = to_value(value, known->info, key, faults)) known->set(run, *found);
  } else if (!external || (!set_number(run, key, value, faults) && !set_option(run, key, value, faults))) {
    std::vector<std::string> names;
    for (const ProtocolKey& k : protocol_keys())
      if (is_allowed(k.info.name, external)) names.push_back(k.info.name);
    faults.add(value.where, key, "is no key of what is measured" + hint(key, names));
  }
}

}  // namespace

Run external_run(const std::string& method, const std::string& dataset, const Settings& settings, Faults& faults) {
  Run run;
  run.method = method;
  run.dataset = dataset;
  for (const auto& [key, value] : settings) apply(run, key, value, /*external=*/true, faults);
  return run;
}

Run external_run(const std::string& method, const std::string& dataset, const std::vector<std::string>& words) {
  Faults faults;
  Settings settings;
  for (const auto& [word, key, value] : assignments(words, faults)) settings.insert_or_assign(key, value);
  Run run = external_run(method, dataset, settings, faults);
  faults.raise();
  return run;
}

void change_evaluation(Run& run, const std::vector<std::string>& words) {
  Faults faults;
  for (const auto& [word, key, value] : assignments(words, faults)) apply(run, key, value, /*external=*/false, faults);
  faults.raise();
}

Run external_run(const Values& flat) {
  Run run;
  const auto text = [&](const char* key) { return std::get<std::string>(flat.at(key)); };
  run.method = text("method");
  run.dataset = text("dataset");
  run.seed = std::get<std::int64_t>(flat.at("seed"));
  run.threads = std::get<std::int64_t>(flat.at("threads"));
  for (const auto& [key, value] : flat) {
    if (key.starts_with("dataset.")) run.dataset_options[key.substr(8)] = value;
    const ProtocolKey* known = is_allowed(key, true) ? find_protocol_key(key) : nullptr;
    if (known) known->set(run, value);
  }
  return run;
}

}  // namespace autodidact
