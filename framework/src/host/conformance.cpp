#include "host/conformance.hpp"

#include <algorithm>
#include <filesystem>

#include "host/catalog/info_json.hpp"
#include "host/catalog/library.hpp"
#include "host/conformance_bench.hpp"
#include "host/one_thread.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

// The values that the checks use: the plugin's own for what is required, then the caller's.
std::vector<std::pair<std::string, std::string>> given_values(
    const PluginInfo& info, const std::vector<std::pair<std::string, std::string>>& overrides) {
  auto given = overrides;
  for (const auto& entry : info.check) {
    bool overridden = false;
    for (const auto& own : overrides) overridden = overridden || own.first == entry.first;
    if (!overridden) given.push_back(entry);
  }
  return given;
}

// "" or what to do: an example file that a build may leave out (one that Python exports) and that nobody gave is no
// fault of the plugin.
std::string absent_example(const PluginInfo& info, const std::vector<std::pair<std::string, std::string>>& overrides) {
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

}  // namespace

std::vector<Check> conformance(const PluginInfo& info,
                               const std::vector<std::pair<std::string, std::string>>& overrides) {
  const OneThread one_thread;
  Suite suite;
  suite.check("descriptor", "a descriptor that says what the catalog says", [&] {
    golden_of(info);  // opens the library, if it is still the file that was listed
    const PluginInfo now = describe(open_library(info.file));
    return to_json_value(now) == to_json_value(info) ? pass(info.version)
                                                     : fail("the descriptor changed since it was listed");
  });

  if (const std::string absent = absent_example(info, overrides); !absent.empty()) {
    suite.skip("everything else", absent);
    return suite.take();
  }
  PluginChoice choice;
  choice.info = info;
  bool resolved = false;
  suite.check("parameters", "defaults inside their own types and ranges", [&] {
    choice.params = resolve_params(info, given_values(info, overrides));
    resolved = true;
    return pass(std::to_string(info.params.size()) + " parameters");
  });
  if (!resolved) {
    suite.skip("everything else", "there are no valid parameters to create the plugin with");
    return suite.take();
  }
  const Candidate candidate{info, Params(choice.train_params()), Params(choice.sample_params())};
  if (info.kind == Kind::tokenizer) check_tokenizer(candidate, suite);
  if (info.kind == Kind::objective) check_objective(candidate, suite);
  if (info.kind == Kind::prior) check_prior(candidate, suite);
  return suite.take();
}

}  // namespace autodidact
