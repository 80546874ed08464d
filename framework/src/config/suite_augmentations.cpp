// [augmentation.NAME]: named lists of steps.
#include <algorithm>

#include "config/augmentations.hpp"
#include "config/param.hpp"
#include "config/suite_file.hpp"

namespace autodidact {
namespace {

// One step: its kind, and each parameter of the kind as given or by default.
std::optional<AugmentationStep> read_step(const Node& entry, const std::string& prefix, Faults& faults) {
  const ParamInfo choices = choice("kind", augmentation_kind_names(), "");
  const Node* kind = entry.find("kind");
  if (!kind) faults.add(entry.where, prefix + ".steps", "a step has no kind, expected " + expectation(choices));
  if (!kind || !to_value(*kind, choices, prefix + ".kind", faults)) return std::nullopt;

  AugmentationStep step{*kind->text(), {}};
  TableReader fields(entry, prefix + "." + step.kind, faults);
  fields.take("kind");
  const std::size_t before = faults.count();
  for (const ParamInfo& info : find_augmentation_kind(step.kind)->params) {
    const Node* given = fields.take(info.name);
    if (const auto value = given ? to_value(*given, info, fields.key(info.name), faults) : default_value(info))
      step.params[info.name] = *value;
  }
  fields.finish();
  if (faults.count() > before) return std::nullopt;
  if (const std::string fault = augmentation_fault(step); !fault.empty()) faults.add(entry.where, prefix, fault);
  return step;
}

std::vector<AugmentationStep> read_steps(const std::string& prefix, const Node& table, Faults& faults) {
  std::vector<AugmentationStep> steps;
  TableReader reader(table, prefix, faults);
  const std::string expected = "a list of steps like { kind = \"amplitude_resize\", std = 0.2 }";
  const Node* list = reader.require("steps", expected);
  reader.finish();
  if (!list) return steps;
  if (!list->list() || list->list()->empty()) {
    faults.add(list->where, prefix + ".steps", "found " + list->describe() + ", expected " + expected);
    return steps;
  }
  for (const Node& entry : *list->list())
    if (auto step = read_step(entry, prefix, faults)) steps.push_back(std::move(*step));
  return steps;
}

}  // namespace

void read_augmentations(SuiteFile& suite, const Node& table, Faults& faults) {
  const std::vector<std::string> taken = builtin_augmentations();
  for (const auto& [name, node] : *table.table()) {
    const std::string key = "augmentation." + name;
    if (name == "none" || (!suite.resolved && std::count(taken.begin(), taken.end(), name)))
      faults.add(node.where, key, "'" + name + "' has a meaning already; choose another name");
    else if (!node.table())
      faults.add(node.where, key, "found " + node.describe() + ", expected [augmentation.NAME] with `steps`");
    else
      suite.augmentations[name] = read_steps(key, node, faults);
  }
}

}  // namespace autodidact
