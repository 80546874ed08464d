// A suite as it is written: its shape is checked, its settings are not yet judged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/run.hpp"
#include "config/settings.hpp"

namespace autodidact {

struct NamedText {
  std::string text;
  Where where;
};

struct BudgetText {
  std::string label = "full";
  Settings settings;  // of the protocol
  Where where;
};

struct MethodEntry {
  NamedText name, tokenizer, objective, prior;
  Settings set;    // with "augmentation" and what else stands in `set`
  Values factors;  // only where the suite is resolved
  std::int64_t trials = 0;
};

struct SuiteFile {
  std::string file;
  NamedText name, profile;
  std::int64_t version = 1;
  // Every value stands in the file, as in a record's own text: profile and budget are names only.
  bool resolved = false;
  BudgetText budget;
  std::vector<NamedText> datasets;
  std::vector<std::int64_t> seeds = {1};
  std::int64_t threads = 1;
  std::string precision = "fp32", device = "cpu";
  std::vector<std::string> data_roots;
  Settings protocol;
  std::map<std::string, Node> dataset_options;  // [dataset.NAME]
  std::map<std::string, std::vector<AugmentationStep>> augmentations;
  std::vector<MethodEntry> methods;
  std::map<std::string, Node> grid;  // key -> list of values
};

SuiteFile read_suite(const std::filesystem::path& file, Faults& faults);

// The keys of [suite] by themselves, for the command line too. read_suite_key is false for any other key.
std::vector<std::string> suite_keys();
bool read_suite_key(SuiteFile& suite, const std::string& key, const Node& node, Faults& faults);

// [dataset.NAME] tables, by name.
void read_dataset_options(SuiteFile& suite, const Node& datasets, Faults& faults);
// "smoke", "quick", "full", or { tokenizer = 50, prior = { steps = 1500 }, samples = 1024, fcn = { tflop = 2 } }.
BudgetText read_budget(const Node& node, Faults& faults);
// [augmentation.NAME] steps = [{ kind = "window_warp", window_ratio = 0.3 }, ...]
void read_augmentations(SuiteFile& suite, const Node& table, Faults& faults);

}  // namespace autodidact
