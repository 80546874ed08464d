#include "config/overrides.hpp"

#include <algorithm>

#include "config/protocol_keys.hpp"
#include "config/suggest.hpp"

namespace autodidact {
namespace {

const Where kCommandLine{"command line", 0};

// dataset.NAME.option: into the table of the dataset, over what stands there.
void set_dataset_option(SuiteFile& suite, const std::string& rest, const Node& value, Faults& faults) {
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == rest.size())
    return faults.add(kCommandLine, "dataset." + rest, "expected dataset.NAME.option=value");
  Node& node = suite.dataset_options.try_emplace(rest.substr(0, dot), Node{Node::Table{}, kCommandLine}).first->second;
  auto& table = std::get<Node::Table>(node.value);
  const std::string option = rest.substr(dot + 1);
  std::erase_if(table, [&](const auto& entry) { return entry.key == option; });
  table.push_back({option, value});
}

void set_factor(SuiteFile& suite, const std::string& key, const Node& value, Faults& faults) {
  if (value.list() && !value.list()->empty())
    suite.grid.insert_or_assign(key, value);
  else
    faults.add(kCommandLine, "grid." + key, "found " + value.describe() + ", expected a list of values to try");
}

void unknown_key(const std::string& key, Faults& faults) {
  std::vector<std::string> names = suite_keys();
  names.push_back("methods");
  for (const ProtocolKey& known : protocol_keys()) names.push_back(known.info.name);
  const std::string near = did_you_mean(key, names);
  faults.add(kCommandLine, key,
             "unknown key; " + (near.empty() ? "expected a key of [suite] or of the protocol, tokenizer.NAME, "
                                               "objective.NAME, prior.NAME, dataset.NAME.option or grid.KEY"
                                             : near));
}

}  // namespace

std::vector<Assignment> assignments(const std::vector<std::string>& words, Faults& faults) {
  std::vector<Assignment> all;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      faults.add(kCommandLine, "", "found '" + word + "', expected key=value");
      continue;
    }
    const std::string text = word.substr(equals + 1);
    all.push_back(
        {word, word.substr(0, equals), parse_toml_value(text, kCommandLine).value_or(Node{text, kCommandLine})});
  }
  return all;
}

Overrides apply_overrides(const std::vector<std::string>& words, SuiteFile& suite, Faults& faults, Notes& notes) {
  Overrides overrides;
  for (const auto& [word, key, value] : assignments(words, faults)) {
    if (key == "methods") {
      SuiteFile names;
      read_suite_key(names, "datasets", value, faults);
      overrides.methods = names.datasets;
    } else if (key == "name" || key == "version") {
      faults.add(kCommandLine, key, "is what the suite is; copy the file to make another suite");
    } else if (read_suite_key(suite, key, value, faults)) {
      continue;
    } else if (key.starts_with("dataset.")) {
      set_dataset_option(suite, key.substr(8), value, faults);
    } else if (key.starts_with("grid.")) {
      set_factor(suite, key.substr(5), value, faults);
    } else if (find_protocol_key(key) || plugin_key(key)) {
      overrides.settings.insert_or_assign(key, value);
      if (suite.grid.erase(key)) notes.add("grid." + key + " is replaced by " + word);
    } else {
      unknown_key(key, faults);
    }
  }
  check_lengths(overrides.settings, faults);
  return overrides;
}

}  // namespace autodidact
