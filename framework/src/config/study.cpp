#include "config/study.hpp"

#include <filesystem>

#include "config/external.hpp"
#include "config/faults.hpp"
#include "config/settings.hpp"
#include "config/suite_file.hpp"
#include "config/tree.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> file_of(const std::string& name, const std::vector<std::string>& folders) {
  if (fs::path(name).extension() == ".toml") return fs::exists(name) ? std::optional<fs::path>(name) : std::nullopt;
  for (const std::string& folder : folders)
    if (const fs::path file = fs::path(folder) / (name + ".toml"); fs::exists(file)) return file;
  return std::nullopt;
}

std::vector<std::string> names_of(const Node* node, const std::string& key, Faults& faults) {
  std::vector<std::string> names;
  const Node::List* list = node ? node->list() : nullptr;
  if (list)
    for (const Node& entry : *list)
      if (entry.text()) names.push_back(*entry.text());
  if (node && (!list || names.size() != list->size() || names.empty()))
    faults.add(node->where, key, "found " + node->describe() + ", expected a list of names");
  return names;
}

// Keys of the file as words of the command line, whose rules are the same.
std::vector<std::string> words_of(const Node& table) {
  std::vector<std::string> words;
  for (const auto& [key, node] : flattened(table)) {
    if (const auto* whole = std::get_if<std::int64_t>(&node.value)) words.push_back(key + "=" + std::to_string(*whole));
    if (const auto* real = std::get_if<double>(&node.value)) words.push_back(key + "=" + to_toml(Value(*real)));
    if (node.text()) words.push_back(key + "=" + *node.text());
  }
  return words;
}

}  // namespace

std::optional<Study> load_study(const std::string& name, const std::vector<std::string>& words,
                                const std::vector<std::string>& suite_dirs) {
  const auto file = file_of(name, suite_dirs);
  if (!file) return std::nullopt;
  const Node root = parse_toml_file(*file);
  const Node* head = root.find("study");
  if (!head || !head->table()) return std::nullopt;
  Faults faults;
  TableReader reader(*head, "study", faults);
  Study study;
  study.name = reader.text("name", file->stem().string());
  if (const Node* version = reader.take("version"))
    if (const auto* number = std::get_if<std::int64_t>(&version->value)) study.version = *number;
  std::vector<std::string> datasets = names_of(reader.require("datasets", "a list of names"), "study.datasets", faults);
  std::vector<std::string> settings;
  if (const Node* protocol = root.find("protocol"); protocol && protocol->table()) settings = words_of(*protocol);
  reader.finish();
  for (const std::string& word : words) {
    if (!word.starts_with("datasets=")) {
      settings.push_back(word);
      continue;
    }
    datasets.clear();
    std::string rest = word.substr(9);
    for (std::size_t comma; !rest.empty(); rest = comma == std::string::npos ? "" : rest.substr(comma + 1)) {
      comma = rest.find(',');
      datasets.push_back(rest.substr(0, comma));
    }
  }
  faults.raise();
  for (const std::string& dataset : datasets) {
    std::vector<std::string> own = settings;
    if (const Node* options = root.find("dataset"))
      if (const Node* table = options->find(dataset); table && table->table())
        for (const std::string& word : words_of(*table)) own.push_back("dataset." + word);
    study.runs.push_back(external_run("real", dataset, own));
    study.runs.back().suite = study.name;
    study.runs.back().suite_version = study.version;
  }
  return study;
}

}  // namespace autodidact
