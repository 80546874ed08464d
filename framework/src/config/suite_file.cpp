#include "config/suite_file.hpp"

#include <set>

#include "config/param.hpp"

namespace autodidact {
namespace {

// A required name of a method.
NamedText read_name(TableReader& reader, const Node& table, const char* key, const char* expected, Faults& faults) {
  const Node* node = reader.require(key, expected);
  if (!node) return {"", table.where};
  if (node->text() && !node->text()->empty()) return {*node->text(), node->where};
  faults.add(node->where, reader.key(key), "found " + node->describe() + ", expected " + expected);
  return {"", node->where};
}

// The place of a method in the grid it came from, in a record's own text.
Values read_factors(const Node& table) {
  Values factors;
  for (const auto& [key, node] : flattened(table)) {
    if (const auto* flag = std::get_if<bool>(&node.value)) factors[key] = *flag;
    if (const auto* integer = std::get_if<std::int64_t>(&node.value)) factors[key] = *integer;
    if (const auto* real = std::get_if<double>(&node.value)) factors[key] = *real;
    if (node.text()) factors[key] = *node.text();
    if (!node.list()) continue;
    Faults ignored;
    auto list = to_value(node, param(ParamType::integers, key, "", ""), key, ignored);
    if (!list) list = to_value(node, param(ParamType::reals, key, "", ""), key, ignored);
    if (list) factors[key] = *list;
  }
  return factors;
}

MethodEntry read_method(const Node& node, bool resolved, Faults& faults) {
  MethodEntry method;
  TableReader reader(node, "method", faults);
  method.name = read_name(reader, node, "name", "the row's name in quotes", faults);
  method.tokenizer = read_name(reader, node, "tokenizer", "the name of a tokenizer plugin in quotes", faults);
  method.objective = {reader.text("objective", "none"), node.where};
  if (const Node* objective = node.find("objective")) method.objective.where = objective->where;
  method.prior = read_name(reader, node, "prior", "the name of a prior plugin in quotes", faults);
  if (const Node* set = reader.take_table("set")) method.set = flattened(*set);
  if (const Node* augmentation = reader.take("augmentation")) {
    if (method.set.count("augmentation"))
      faults.add(augmentation->where, "method.augmentation", "stands in `set` as well; keep one of them");
    method.set.insert_or_assign("augmentation", *augmentation);
  }
  if (const Node* trials = reader.take("trials")) {
    const ParamInfo info = ranged(param(ParamType::integer, "trials", "", ""), 0, 1e9);
    if (const auto value = to_value(*trials, info, "method.trials", faults))
      method.trials = std::get<std::int64_t>(*value);
  }
  if (resolved)
    if (const Node* factors = reader.take_table("factors")) method.factors = read_factors(*factors);
  reader.finish();
  check_lengths(method.set, faults);
  return method;
}

void read_methods(SuiteFile& suite, const Node* methods, Faults& faults) {
  if (!methods) return faults.add({suite.file, 0}, "method", "not given, expected at least one [[method]]");
  if (!methods->list() || methods->list()->empty())
    return faults.add(methods->where, "method", "found " + methods->describe() + ", expected [[method]] entries");
  std::set<std::string> names;
  for (const Node& node : *methods->list()) {
    if (!node.table()) {
      faults.add(node.where, "method", "found " + node.describe() + ", expected [[method]] with its keys");
      continue;
    }
    suite.methods.push_back(read_method(node, suite.resolved, faults));
    const NamedText& name = suite.methods.back().name;
    if (!name.text.empty() && !names.insert(name.text).second)
      faults.add(name.where, "method.name", "two methods are named '" + name.text + "'");
  }
}

void read_grid(SuiteFile& suite, const Node& grid, Faults& faults) {
  for (const auto& [key, node] : flattened(grid)) {
    if (!node.list() || node.list()->empty())
      faults.add(node.where, "grid." + key, "found " + node.describe() + ", expected a list of values to try");
    else
      suite.grid.emplace(key, node);
  }
}

void read_head(SuiteFile& suite, const Node& head, Faults& faults) {
  TableReader reader(head, "suite", faults);
  // First: it decides what `budget` means.
  if (const Node* resolved = reader.take("resolved"))
    if (const auto value = to_value(*resolved, param(ParamType::boolean, "resolved", "", ""), "resolved", faults))
      suite.resolved = std::get<bool>(*value);
  for (const std::string& key : suite_keys())
    if (const Node* node = reader.take(key)) read_suite_key(suite, key, *node, faults);
  reader.finish();
}

}  // namespace

void read_dataset_options(SuiteFile& suite, const Node& datasets, Faults& faults) {
  for (const auto& [name, node] : *datasets.table()) {
    if (node.table())
      suite.dataset_options.emplace(name, node);
    else
      faults.add(node.where, "dataset." + name,
                 "found " + node.describe() + ", expected [dataset.NAME] with its options");
  }
}

SuiteFile read_suite(const std::filesystem::path& file, Faults& faults) {
  const Node root = parse_toml_file(file);
  SuiteFile suite;
  suite.file = file.string();
  suite.name = {file.stem().string(), {suite.file, 0}};
  TableReader reader(root, "", faults);
  if (const Node* head = reader.take_table("suite"))
    read_head(suite, *head, faults);
  else if (!root.find("suite"))
    faults.add({suite.file, 0}, "suite", "not given, expected [suite] with name, datasets and seeds");
  if (const Node* protocol = reader.take_table("protocol")) suite.protocol = flattened(*protocol);
  check_lengths(suite.protocol, faults);
  if (const Node* datasets = reader.take_table("dataset")) read_dataset_options(suite, *datasets, faults);
  if (const Node* augmentations = reader.take_table("augmentation")) read_augmentations(suite, *augmentations, faults);
  read_methods(suite, reader.take("method"), faults);
  if (const Node* grid = reader.take_table("grid")) read_grid(suite, *grid, faults);
  reader.finish();
  return suite;
}

}  // namespace autodidact
