#include "host/conformance/conformance.hpp"

#include <algorithm>
#include <filesystem>

#include "host/conformance/parts.hpp"
#include "host/one_thread.hpp"

namespace autodidact {

namespace {

using Given = std::vector<std::pair<std::string, std::string>>;

// The values that the checks use: the plugin's own for checks, then the caller's.
Given given_values(const PluginInfo& info, const Given& overrides) {
  Given given = overrides;
  for (const auto& entry : info.check) {
    bool overridden = false;
    for (const auto& own : overrides) overridden = overridden || own.first == entry.first;
    if (!overridden) given.push_back(entry);
  }
  return given;
}

// "" or what to do: an example file that a build may leave out (one that Python exports) and that nobody gave is no
// fault of the plugin.
std::string absent_example(const PluginInfo& info, const Given& overrides) {
  for (const ParamInfo& param : info.params) {
    if (param.type != ParamType::file) continue;
    const auto named = [&](const auto& entry) { return entry.first == param.name; };
    const auto example = std::find_if(info.check.begin(), info.check.end(), named);
    if (example == info.check.end() || std::any_of(overrides.begin(), overrides.end(), named)) continue;
    std::string path = example->second;
    std::erase(path, '"');
    if (!std::filesystem::exists(info.file.parent_path() / path))
      return "this build made no '" + path + "'; give a file: autodidact plugin check " + info.name + " " + param.name +
             "=<path>";
  }
  return "";
}

// Judged once, before anything else: `file` values may be relative to the folder of the caller.
struct Resolved {
  Candidate candidate;
  Outcome outcome;
};

Resolved resolve(const PluginInfo& info, const Given& overrides) {
  Resolved resolved{{info, {}, {}, false, {}}, {}};
  if (const std::string absent = absent_example(info, overrides); !absent.empty()) {
    resolved.outcome = skip(absent);
    return resolved;
  }
  const Given given = given_values(info, overrides);
  PluginChoice choice;
  choice.info = info;
  try {
    choice.params = resolve_params(info, given);
  } catch (const std::exception& e) {
    resolved.outcome = fail(e.what());
    return resolved;
  }
  resolved.candidate.train = Params(choice.train_params());
  resolved.candidate.sample = Params(choice.sample_params());
  std::string text = counted(info.params.size(), "parameter");
  for (const auto& [name, value] : given) text += ", " + name + " = " + value;
  resolved.outcome = pass(text);
  resolved.candidate.own_values = given.size() > overrides.size();
  try {
    choice.params = resolve_params(info, overrides);
    resolved.candidate.defaults = Params(choice.train_params());
  } catch (const std::exception&) {  // something is required, and has no default
  }
  return resolved;
}

std::unique_ptr<KindWorkshop> workshop_for(const Candidate& candidate) {
  switch (candidate.info.kind) {
    case Kind::tokenizer:
      return tokenizer_workshop(candidate);
    case Kind::objective:
      return objective_workshop(candidate);
    case Kind::prior:
      return prior_workshop(candidate);
  }
  return nullptr;
}

// In a folder while it lives; "" is where we are.
class Inside {
 public:
  explicit Inside(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
    if (!folder.empty()) std::filesystem::current_path(folder);
  }
  ~Inside() {
    std::error_code ignored;
    std::filesystem::current_path(before_, ignored);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::filesystem::path before_;
};

}  // namespace

std::vector<Check> conformance(const PluginInfo& info, const CheckOptions& options, const CheckEvents& events) {
  const OneThread one_thread;
  const Resolved resolved = resolve(info, options.overrides);
  const Inside scratch(options.scratch);
  const std::unique_ptr<KindWorkshop> workshop = workshop_for(resolved.candidate);
  Suite suite;
  add_descriptor_checks(suite, info, [&] { return resolved.outcome; });
  add_creation_checks(suite, *workshop);
  workshop->add_checks(suite);
  add_training_checks(suite, *workshop);
  add_frozen_checks(suite, *workshop);
  add_value_checks(suite, *workshop);
  add_manners_checks(suite, *workshop, options.scratch);
  return suite.run(options, events);
}

}  // namespace autodidact
