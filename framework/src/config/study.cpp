#include "config/study.hpp"

#include <filesystem>

#include "config/external.hpp"
#include "config/overrides.hpp"
#include "config/suite_file.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> file_of(const std::string& name, const std::vector<std::string>& folders) {
  if (fs::path(name).extension() == ".toml") return fs::exists(name) ? std::optional<fs::path>(name) : std::nullopt;
  for (const std::string& folder : folders)
    if (const fs::path file = fs::path(folder) / (name + ".toml"); fs::exists(file)) return file;
  return std::nullopt;
}

// A suite without methods; of its head only what names it, and the datasets.
SuiteFile read_study(const Node& root, const fs::path& file, Faults& faults) {
  SuiteFile study;
  study.file = file.string();
  study.name = {file.stem().string(), {study.file, 0}};
  TableReader reader(root, "", faults);
  if (const Node* head = reader.take_table("study")) {
    TableReader keys(*head, "study", faults);
    for (const char* key : {"name", "version"})
      if (const Node* node = keys.take(key)) read_suite_key(study, key, *node, faults);
    if (const Node* node = keys.require("datasets", "a list of names"))
      read_suite_key(study, "datasets", *node, faults);
    keys.finish();
  }
  if (const Node* protocol = reader.take_table("protocol")) study.protocol = flattened(*protocol);
  if (const Node* datasets = reader.take_table("dataset")) read_dataset_options(study, *datasets, faults);
  reader.finish();
  return study;
}

}  // namespace

std::optional<Study> load_study(const std::string& name, const std::vector<std::string>& words,
                                const std::vector<std::string>& suite_dirs) {
  const auto file = file_of(name, suite_dirs);
  if (!file) return std::nullopt;
  const Node root = parse_toml_file(*file);
  if (!root.find("study")) return std::nullopt;
  Faults faults;
  SuiteFile written = read_study(root, *file, faults);
  Settings given;
  for (const auto& [word, key, value] : assignments(words, faults)) {
    if (key == "datasets")
      read_suite_key(written, key, value, faults);
    else
      given.insert_or_assign(key, value);
  }
  Study study;
  study.name = written.name.text;
  study.version = written.version;
  for (const NamedText& dataset : written.datasets) {
    Settings settings = written.protocol;
    if (const auto options = written.dataset_options.find(dataset.text); options != written.dataset_options.end())
      overlay(settings, flattened(options->second, "dataset."));
    overlay(settings, given);
    study.runs.push_back(external_run("real", dataset.text, settings, faults));
    study.runs.back().suite = study.name;
    study.runs.back().suite_version = study.version;
  }
  faults.raise();
  return study;
}

}  // namespace autodidact
