#include "config/method.hpp"

#include <algorithm>

#include "config/augmentations.hpp"
#include "config/param.hpp"
#include "config/protocol_keys.hpp"
#include "config/suggest.hpp"

namespace autodidact {
namespace {

bool names_none(const Node* node) { return !node || !node->text() || node->text()->empty() || *node->text() == "none"; }

const Node* at(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  return found == settings.end() ? nullptr : &found->second;
}

// The value of a point as it stands in the table of results.
Value factor_value(const Node& node, const ParamInfo& info, Faults& faults) {
  return to_value(node, info, "grid." + info.name, faults).value_or(Value(std::string()));
}

}  // namespace

MethodResolver::MethodResolver(const MethodEntry& method, const MethodPlugins& plugins, const SuiteFile& suite,
                               const Profile& profile, const Overrides& overrides, Faults& faults, Notes& notes)
    : method_(method),
      plugins_(plugins),
      suite_(suite),
      profile_(profile),
      overrides_(overrides),
      faults_(faults),
      notes_(notes) {
  two_branch_ = self_supervised() || !names_none(at(method_.set, "augmentation"));
}

bool MethodResolver::self_supervised() const { return plugins_.objective->can("self_supervised"); }

std::string MethodResolver::no_effect(const std::string& key) const {
  if (plugin_key(key)) {
    if (plugin_param(plugins_, key)) return "";
    const Kind kind = plugin_key(key)->kind;
    return kind_name(kind) + " '" + plugins_.of(kind)->name + "' has no such parameter";
  }
  if ((key == "augmentation" || key.starts_with("ssl.")) && !two_branch_) return "it has one branch only";
  if ((key == "ssl.weight" || key == "ssl.pool") && !self_supervised())
    return "objective '" + plugins_.objective->name + "' has no loss";
  if (key.starts_with("train.prior.") && !plugins_.prior->can("gradient"))
    return "prior '" + plugins_.prior->name + "' is not trained in steps";
  if (key == "train.prior.tau" && !plugins_.tokenizer->can("stochastic_encode"))
    return "tokenizer '" + plugins_.tokenizer->name + "' cannot draw tokens (capability stochastic_encode)";
  if (key == "evaluation.conditional" && !plugins_.prior->can("conditional"))
    return "prior '" + plugins_.prior->name + "' takes no classes (capability conditional)";
  return "";
}

// `set` is this method's own, so that what does nothing there is a mistake. A record's own text holds everything.
void MethodResolver::check_set() {
  for (const auto& [key, node] : method_.set) {
    const std::string full = "method.set." + key;
    const auto parts = plugin_key(key);
    if (!parts && !find_protocol_key(key)) {
      faults_.add(node.where, full, "unknown key" + hint(key, known_keys(plugins_)));
    } else if (parts && !plugin_param(plugins_, key)) {
      const std::vector<std::string> names =
          param_names(plugins_.of(parts->kind)->params, kind_name(parts->kind) + ".");
      faults_.add(node.where, full, no_effect(key) + hint(key, names));
    } else if (const std::string why = no_effect(key); !why.empty() && !suite_.resolved && key != "augmentation") {
      faults_.add(node.where, full, "has no effect on method '" + method_.name.text + "': " + why);
    }
    // An augmentation of its own says that a method has two branches; the grid may name which.
    if (suite_.grid.count(key) && key != "augmentation")
      faults_.add(node.where, full, "is varied in [grid] as well; keep one of them");
  }
}

std::vector<Settings> MethodResolver::points() {
  std::vector<Settings> all = {{}};
  for (const auto& [key, values] : suite_.grid) {
    if (const std::string why = no_effect(key); !why.empty()) {
      notes_.add("method '" + method_.name.text + "' is run once without the factor '" + key + "': " + why);
      continue;
    }
    std::vector<Settings> more;
    for (const Settings& point : all)
      for (const Node& value : *values.list()) {
        more.push_back(point);
        more.back().emplace(key, value);
      }
    all = std::move(more);
  }
  return all;
}

Settings MethodResolver::protocol_layers(const Settings& point) const {
  Settings merged = profile_.protocol;
  overlay(merged, suite_.protocol);
  // A common set of augmentations is for rows that need a second view; the plain baseline stays one branch.
  if (!self_supervised()) merged.erase("augmentation");
  overlay(merged, suite_.budget.settings);
  overlay(merged, method_.set);
  overlay(merged, point);
  for (const auto& [key, node] : overrides_.settings)
    if (no_effect(key).empty()) overlay(merged, {{key, node}});
  return merged;
}

void MethodResolver::resolve_augmentation(Run& run, const Node* given) {
  run.augmentation = names_none(given) ? "" : *given->text();
  if (run.augmentation.empty()) return;
  const auto own = suite_.augmentations.find(run.augmentation);
  run.augmentation_steps = own != suite_.augmentations.end() ? own->second : builtin_augmentation(run.augmentation);
  if (!run.augmentation_steps.empty() || own != suite_.augmentations.end()) return;
  std::vector<std::string> names = builtin_augmentations();
  for (const auto& [name, steps] : suite_.augmentations) names.push_back(name);
  std::string text = "no augmentation set is named '" + run.augmentation + "'; ";
  text += there_are(run.augmentation, names);
  for (const std::string& name : names) text += (name == names.front() ? " " : ", ") + name;
  faults_.add(given->where, "augmentation", text);
}

void MethodResolver::resolve_protocol(Run& run, const Settings& merged) {
  for (const auto& [key, node] : merged) {
    const ProtocolKey* known = find_protocol_key(key);
    if (!known || key == "augmentation") continue;
    if (const auto value = to_value(node, known->info, key, faults_)) known->set(run, *value);
  }
  resolve_augmentation(run, at(merged, "augmentation"));
  if (!self_supervised())
    run.ssl.weight = 0;
  else if (!merged.count("ssl.weight"))
    run.ssl.weight = plugins_.objective->default_weight;
  if (run.tau > 0 && !method_.set.count("train.prior.tau") && !no_effect("train.prior.tau").empty()) {
    notes_.add("method '" + method_.name.text + "' is run without train.prior.tau: " + no_effect("train.prior.tau"));
    run.tau = 0;
  }

  const bool profile_missing = !suite_.profile.text.empty() && !suite_.resolved && profile_.protocol.empty();
  if (profile_missing) return;  // told already
  const auto check_length = [&](const char* stage, const TrainSettings& settings) {
    const std::string key = std::string("train.") + stage + ".epochs";
    if (settings.epochs == 0 && settings.steps == 0 && !merged.count(key))
      faults_.add(method_.name.where, key, "not given; give it in the profile, in [protocol] or by a budget");
  };
  check_length("tokenizer", run.train_tokenizer);
  if (plugins_.prior->can("gradient")) check_length("prior", run.train_prior);
}

Run MethodResolver::resolve(const Settings& point) {
  Run run;
  run.suite = suite_.name.text;
  run.suite_version = suite_.version;
  run.profile = suite_.profile.text;
  run.budget = suite_.budget.label;
  run.method = method_.name.text;
  run.threads = suite_.threads;
  run.precision = suite_.precision;
  run.device = suite_.device;
  run.trials = method_.trials;
  run.factors = method_.factors;
  resolve_protocol(run, protocol_layers(point));
  run.tokenizer = resolve_plugin(*plugins_.tokenizer, point);
  run.objective = resolve_plugin(*plugins_.objective, point);
  run.prior = resolve_plugin(*plugins_.prior, point);
  for (const auto& [key, node] : point) {
    const ProtocolKey* known = find_protocol_key(key);
    run.factors[key] = factor_value(node, known ? known->info : *plugin_param(plugins_, key), faults_);
  }
  return run;
}

std::vector<Run> MethodResolver::runs() {
  check_set();
  std::vector<Run> all;
  for (const Settings& point : points()) {
    all.push_back(resolve(point));
    check_run(all.back(), method_, faults_, notes_);
  }
  return all;
}

}  // namespace autodidact
