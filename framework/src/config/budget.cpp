// Budgets: how long to train, how much to sample, how large the feature network's training may be.
#include "config/param.hpp"
#include "config/suite_file.hpp"

namespace autodidact {
namespace {

Node number(std::int64_t value, const Where& where) { return {value, where}; }

Settings smoke(const Where& where) {
  return {{"train.tokenizer.epochs", number(2, where)},  {"train.prior.epochs", number(2, where)},
          {"data.max_series", number(64, where)},        {"evaluation.unconditional", number(64, where)},
          {"evaluation.conditional", number(64, where)}, {"evaluation.fcn_steps", number(20, where)},
          {"evaluation.cas_repeats", number(0, where)},  {"evaluation.rnn_steps", number(20, where)}};
}

Settings quick(const Where& where) {
  return {{"train.tokenizer.epochs", number(50, where)},
          {"train.prior.epochs", number(50, where)},
          {"evaluation.cas_steps", number(1000, where)},
          {"evaluation.cas_repeats", number(2, where)}};
}

// `n` epochs, { epochs = n } or { steps = n } of a stage; of the feature network also { tflop = w }.
void read_length(const Node& node, const std::string& stage, Settings& settings, Faults& faults) {
  const bool fcn = stage == "fcn";
  const std::string prefix = fcn ? "evaluation.fcn_" : "train." + stage + ".", key = "budget." + stage;
  if (std::holds_alternative<std::int64_t>(node.value)) {
    settings[prefix + "epochs"] = node;
    return;
  }
  if (!node.table() || node.table()->empty()) {
    faults.add(node.where, key,
               "found " + node.describe() + ", expected a number of epochs or { steps = ... }" +
                   (fcn ? " or { tflop = ... }" : ""));
    return;
  }
  TableReader reader(node, key, faults);
  for (const char* unit : {"epochs", "steps"})
    if (const Node* value = reader.take(unit)) settings[prefix + unit] = *value;
  if (fcn)
    if (const Node* value = reader.take("tflop")) settings[prefix + "tflop"] = *value;
  reader.finish();
}

std::string label_of(const Node& node) {
  if (const Node::Table* table = node.table()) {
    std::string text;
    for (const auto& [key, value] : *table) text += (text.empty() ? "{ " : ", ") + key + " = " + label_of(value);
    return text + " }";
  }
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&node.value)) return to_toml(Value(*real));
  return node.describe();
}

}  // namespace

BudgetText read_budget(const Node& node, Faults& faults) {
  BudgetText budget{"full", {}, node.where};
  if (const std::string* name = node.text()) {
    const ParamInfo info = choice("budget", {"full", "quick", "smoke"}, "");
    if (!to_value(node, info, "budget", faults)) return budget;
    budget.label = *name;
    if (*name == "smoke") budget.settings = smoke(node.where);
    if (*name == "quick") budget.settings = quick(node.where);
    return budget;
  }
  if (!node.table()) {
    faults.add(
        node.where, "budget",
        "found " + node.describe() + ", expected smoke, quick, full or { tokenizer = 50, prior = 50, samples = 1024 }");
    return budget;
  }
  TableReader reader(node, "budget", faults);
  for (const char* stage : {"tokenizer", "prior", "fcn"})
    if (const Node* length = reader.take(stage)) read_length(*length, stage, budget.settings, faults);
  if (const Node* samples = reader.take("samples"))
    budget.settings["evaluation.unconditional"] = budget.settings["evaluation.conditional"] = *samples;
  // A budget of one's own trains no classifiers unless it says how many: they would take longer than all else.
  const Node* classifiers = reader.take("cas");
  budget.settings["evaluation.cas_repeats"] = classifiers ? *classifiers : number(0, node.where);
  if (const Node* series = reader.take("series")) budget.settings["data.max_series"] = *series;
  reader.finish();
  check_lengths(budget.settings, faults);
  budget.label = label_of(node);
  return budget;
}

}  // namespace autodidact
