// A suite, its profile and the command line into runs.
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "config/generators.hpp"
#include "config/method.hpp"
#include "config/param.hpp"
#include "config/protocol_keys.hpp"
#include "config/suggest.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

// Options of a dataset, each of them resolved. Only generated sets have any.
Values dataset_options(const std::string& name, const SuiteFile& suite, Faults& faults) {
  Values options;
  const auto given = suite.dataset_options.find(name);
  const GeneratorInfo* generator = find_generator(name);
  if (!generator) {
    if (given == suite.dataset_options.end() || given->second.table()->empty()) return options;
    std::string text = "a dataset read from files has no options; generated sets have:";
    for (const GeneratorInfo& info : dataset_generators()) text += " " + info.name;
    faults.add(given->second.where, "dataset." + name, text);
    return options;
  }
  const Node none{Node::Table{}, {}};
  TableReader reader(given == suite.dataset_options.end() ? none : given->second, "dataset." + name, faults);
  for (const ParamInfo& info : generator->params) {
    const Node* node = reader.take(info.name);
    if (const auto value = node ? to_value(*node, info, reader.key(info.name), faults) : default_value(info))
      options[info.name] = *value;
  }
  reader.finish();
  return options;
}

// Options for a dataset that the suite does not name are a mistake; one that the command line left out is none.
void check_dataset_names(const SuiteFile& suite, const std::vector<NamedText>& written, Faults& faults) {
  std::vector<std::string> names;
  for (const auto* list : {&written, &suite.datasets})
    for (const NamedText& name : *list) names.push_back(name.text);
  for (const auto& [name, node] : suite.dataset_options)
    if (!std::count(names.begin(), names.end(), name))
      faults.add(node.where, "dataset." + name, "is not among the datasets of the suite" + hint(name, names));
}

void keep_methods(SuiteFile& suite, const Overrides& overrides, Faults& faults) {
  if (overrides.methods.empty()) return;
  std::vector<std::string> names;
  for (const MethodEntry& method : suite.methods) names.push_back(method.name.text);
  for (const NamedText& wanted : overrides.methods)
    if (!std::count(names.begin(), names.end(), wanted.text))
      faults.add(wanted.where, "methods",
                 fmt::format("no method is named '{}'{}; there are {}", wanted.text, hint(wanted.text, names),
                             fmt::join(names, ", ")));
  std::erase_if(suite.methods, [&](const MethodEntry& method) {
    return std::none_of(overrides.methods.begin(), overrides.methods.end(),
                        [&](const NamedText& wanted) { return wanted.text == method.name.text; });
  });
}

// Keys that are for whichever methods have them: one of `methods` must. Keys of the protocol are judged elsewhere.
void check_shared_keys(const std::string& prefix, const Settings& settings, const std::vector<MethodPlugins>& methods,
                       Faults& faults) {
  std::vector<std::string> names;
  for (const MethodPlugins& plugins : methods)
    for (const std::string& name : known_keys(plugins)) names.push_back(name);
  for (const auto& [key, node] : settings) {
    if (find_protocol_key(key) || (prefix == "protocol." && !plugin_key(key))) continue;
    if (std::none_of(methods.begin(), methods.end(), [&, name = key](const auto& m) { return plugin_param(m, name); }))
      faults.add(node.where, prefix + key, "no method has such a parameter" + hint(key, names));
  }
}

// The suite's own keys may be for a row that `methods` leaves out; empty where a row's plugins are not all there.
std::vector<MethodPlugins> plugins_of_all(const SuiteFile& suite, const Sources& sources) {
  std::vector<MethodPlugins> all;
  Faults told_elsewhere;
  for (const MethodEntry& method : suite.methods) {
    all.push_back(find_plugins(method, sources, told_elsewhere));
    if (!all.back().complete()) return {};
  }
  return all;
}

// Rows with an objective need one without, on the same views, to be compared with.
void note_controls(const std::vector<std::vector<Run>>& methods, Notes& notes) {
  const auto is_control = [](const Run& run, const Run& of) {
    return run.two_branch() && !run.objective.info.can("self_supervised") && run.augmentation == of.augmentation &&
           run.tokenizer.info.name == of.tokenizer.info.name;
  };
  for (const auto& runs : methods)
    for (const Run& run : runs) {
      if (!run.objective.info.can("self_supervised")) continue;
      const bool found = std::any_of(methods.begin(), methods.end(), [&](const auto& others) {
        return std::any_of(others.begin(), others.end(), [&](const Run& other) { return is_control(other, run); });
      });
      if (!found)
        notes.add("method '" + run.method +
                  "' has no control: add one with objective = \"none\" and augmentation = \"" + run.augmentation +
                  "\"");
    }
}

void note_budget(const SuiteFile& suite, Notes& notes) {
  for (const auto& [key, node] : suite.budget.settings)
    if (suite.protocol.count(key))
      notes.add("protocol." + key + " has no effect: budget " + suite.budget.label + " sets it");
}

void note_datasets(const SuiteFile& suite, const Sources& sources, Notes& notes) {
  if (sources.known_datasets.empty()) return;
  std::vector<std::string> known = sources.known_datasets;
  for (const GeneratorInfo& info : dataset_generators()) known.push_back(info.name);
  for (const NamedText& name : suite.datasets)
    if (!std::count(known.begin(), known.end(), name.text))
      notes.add("dataset '" + name.text + "' was not found" + hint(name.text, known));
}

std::vector<std::string> rooted(const SuiteFile& suite) {
  std::vector<std::string> roots;
  for (const std::string& root : suite.data_roots)
    roots.push_back((fs::absolute(suite.file).parent_path() / root).lexically_normal().string());
  return roots;
}

std::vector<Run> expand(const SuiteFile& suite, const std::vector<std::vector<Run>>& methods, Faults& faults) {
  std::vector<Run> runs;
  for (const NamedText& dataset : suite.datasets) {
    const Values options = dataset_options(dataset.text, suite, faults);
    for (const auto& points : methods)
      for (const Run& point : points)
        for (const std::int64_t seed : suite.seeds) {
          runs.push_back(point);
          runs.back().dataset = dataset.text;
          runs.back().dataset_options = options;
          runs.back().seed = seed;
          runs.back().order = static_cast<std::int64_t>(runs.size()) - 1;
        }
  }
  return runs;
}

}  // namespace

Plan load_plan(const std::string& name, const std::vector<std::string>& words, const Sources& sources) {
  Faults faults;
  Notes notes;
  const std::string file = find_toml("suite", {name, {"command line", 0}}, sources.suite_dirs, "", faults);
  faults.raise();
  SuiteFile suite = read_suite(file, faults);
  const std::vector<NamedText> written = suite.datasets;
  const Overrides overrides = apply_overrides(words, suite, faults, notes);
  Profile profile;
  if (!suite.profile.text.empty() && !suite.resolved)
    profile = read_profile(suite.profile, sources, suite.file, faults, notes);
  check_protocol(suite.protocol, true, faults);
  check_protocol(suite.budget.settings, false, faults);
  check_protocol(overrides.settings, true, faults);
  if (suite.datasets.empty() && !faults.any())
    faults.add({suite.file, 0}, "suite.datasets", "not given, expected a list of names");
  check_dataset_names(suite, written, faults);
  if (const auto all = plugins_of_all(suite, sources); !all.empty()) {
    check_shared_keys("protocol.", suite.protocol, all, faults);
    check_shared_keys("grid.", suite.grid, all, faults);
  }
  keep_methods(suite, overrides, faults);

  std::vector<std::vector<Run>> methods;
  std::vector<MethodPlugins> found;
  for (const MethodEntry& method : suite.methods) {
    const MethodPlugins plugins = find_plugins(method, sources, faults);
    if (!plugins.complete()) {
      check_settings_alone(method, plugins, faults);
      continue;
    }
    found.push_back(plugins);
    methods.push_back(MethodResolver(method, plugins, suite, profile, overrides, faults, notes).runs());
  }
  if (found.size() == suite.methods.size()) check_shared_keys("", overrides.settings, found, faults);
  Plan plan{suite.name.text, suite.file, expand(suite, methods, faults), {}, rooted(suite)};
  faults.raise();
  if (!suite.resolved) note_controls(methods, notes);
  note_budget(suite, notes);
  note_datasets(suite, sources, notes);
  plan.notes = std::move(notes.lines);
  return plan;
}

}  // namespace autodidact
