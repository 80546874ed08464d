// A run as values and as text.
#include "config/augmentations.hpp"
#include "config/protocol_keys.hpp"
#include "config/run.hpp"

namespace autodidact {
namespace {

Values of_phase(const PluginChoice& choice, Phase phase) {
  Values values;
  for (const ParamInfo& info : choice.info.params)
    if (info.phase == phase)
      if (const auto found = choice.params.find(info.name); found != choice.params.end()) values.insert(*found);
  return values;
}

// A file stands as the path it was given by; its digest is in the record's provenance.
Value shown(const PluginChoice& choice, const std::string& name, const Value& value) {
  const auto path = choice.file_paths.find(name);
  return path == choice.file_paths.end() ? value : Value(path->second);
}

std::string quoted(const std::string& text) { return to_toml(Value(text)); }

bool plain(const std::string& key) {
  return !key.empty() &&
         key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
}
std::string key_text(const std::string& key) { return plain(key) ? key : quoted(key); }

std::string line(const std::string& key, const Value& value) { return key_text(key) + " = " + to_toml(value) + "\n"; }

// "{ a = 1, b = 2 }"
std::string inline_table(const Values& values) {
  std::string text;
  for (const auto& [key, value] : values) text += (text.empty() ? "{ " : ", ") + key_text(key) + " = " + to_toml(value);
  return text + " }";
}

// Whether a key of the protocol stands in the text: lengths only where they are given, one of the two.
bool written(const Run& run, const std::string& key) {
  for (const auto& [stage, settings] : {std::pair{"tokenizer", &run.train_tokenizer}, {"prior", &run.train_prior}}) {
    const std::string prefix = std::string("train.") + stage;
    if (key == prefix + ".steps") return settings->steps > 0;
    if (key == prefix + ".epochs") return settings->steps == 0 && settings->epochs > 0;
  }
  return key != "augmentation";
}

}  // namespace

Values PluginChoice::train_params() const { return of_phase(*this, Phase::train); }
Values PluginChoice::sample_params() const { return of_phase(*this, Phase::sample); }

Values Run::flat() const {
  Values all = {{"suite", suite},         {"suite.version", suite_version},
                {"profile", profile},     {"budget", budget},
                {"method", method},       {"dataset", dataset},
                {"seed", seed},           {"threads", threads},
                {"precision", precision}, {"device", device},
                {"trials", trials}};
  for (const auto& [name, value] : factors) all["factor." + name] = value;
  for (const auto& [name, value] : dataset_options) all["dataset." + name] = value;
  for (const ProtocolKey& key : protocol_keys()) all[key.info.name] = key.get(*this);
  for (const PluginChoice* choice : {&tokenizer, &objective, &prior}) {
    const std::string kind = kind_name(choice->info.kind);
    all[kind] = choice->info.name;
    for (const auto& [name, value] : choice->params)
      all[kind + "." + choice->info.name + "." + name] = shown(*choice, name, value);
  }
  for (std::size_t i = 0; i < augmentation_steps.size(); ++i) {
    const std::string prefix = "augmentation." + std::to_string(i + 1);
    all[prefix] = augmentation_steps[i].kind;
    for (const auto& [name, value] : augmentation_steps[i].params) all[prefix + "." + name] = value;
  }
  return all;
}

std::string Run::to_toml() const {
  using autodidact::to_toml;
  std::string text = "[suite]\n" + line("name", suite) + line("version", suite_version) + line("resolved", true);
  if (!profile.empty()) text += line("profile", profile);
  text += line("budget", budget) + "datasets = [" + quoted(dataset) + "]\nseeds = [" + std::to_string(seed) + "]\n" +
          line("threads", threads) + line("precision", precision) + line("device", device);
  if (!dataset_options.empty()) {
    text += "\n[dataset." + key_text(dataset) + "]\n";
    for (const auto& [name, value] : dataset_options) text += line(name, value);
  }
  if (!augmentation.empty()) {
    text += "\n[augmentation." + key_text(augmentation) + "]\nsteps = [\n";
    for (const AugmentationStep& step : augmentation_steps) {
      Values values = step.params;
      values["kind"] = step.kind;
      text += "  " + inline_table(values) + ",\n";
    }
    text += "]\n";
  }
  text += "\n[[method]]\n" + line("name", method) + line("tokenizer", tokenizer.info.name) +
          line("objective", objective.info.name) + line("prior", prior.info.name) +
          line("augmentation", augmentation.empty() ? std::string("none") : augmentation) + line("trials", trials);
  if (!factors.empty()) text += "factors = " + inline_table(factors) + "\n";
  text += "\n[method.set]\n";
  for (const ProtocolKey& key : protocol_keys())
    if (written(*this, key.info.name)) text += line(key.info.name, key.get(*this));
  for (const PluginChoice* choice : {&tokenizer, &objective, &prior})
    for (const auto& [name, value] : choice->params)
      text += line(kind_name(choice->info.kind) + "." + name, shown(*choice, name, value));
  return text;
}

}  // namespace autodidact
