#include "config/augmentations.hpp"
#include "config/method.hpp"

namespace autodidact {
namespace {

std::string names(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& name : all) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

void check_run(const Run& run, const MethodEntry& method, Faults& faults, Notes& notes) {
  const PluginInfo& objective = run.objective.info;
  if (objective.can("self_supervised") && run.augmentation.empty())
    faults.add(method.objective.where, "method.objective",
               "'" + objective.name + "' compares two views and method '" + run.method +
                   "' has one; give it augmentation = \"warp\" (there are " + names(builtin_augmentations()) + ")");
  const bool compares = objective.can("self_supervised") && run.ssl.weight != 0;
  const bool rows_are_positions = compares && run.ssl.pool == "none";
  if (objective.can("per_position") || rows_are_positions)
    for (const AugmentationStep& step : run.augmentation_steps) {
      if (!moves_positions(step)) continue;
      const std::string moved = " positions, which step '" + step.kind + "' of augmentation '" + run.augmentation +
                                "' moves; take one that keeps them, as gauss does";
      if (objective.can("per_position"))
        faults.add(method.objective.where, "method.objective", "'" + objective.name + "' compares" + moved);
      else
        faults.add(method.objective.where, "ssl.pool",
                   "with \"none\" method '" + run.method + "' compares" + moved + ", or pool by avgmax, avg or max");
    }
  if (run.trials > 0 && run.validation == 0)
    faults.add(method.name.where, "method.trials",
               "method '" + run.method + "' was chosen by " + std::to_string(run.trials) +
                   " trials, so data.validation must be above 0: a choice never sees test");
  if (run.tau > 0 && !run.tokenizer.info.can("stochastic_encode"))
    faults.add(
        method.name.where, "train.prior.tau",
        "tokenizer '" + run.tokenizer.info.name + "' cannot draw tokens (capability stochastic_encode); set it to 0");
  if (!run.prior.info.can("conditional"))
    notes.add("method '" + run.method + "': prior '" + run.prior.info.name +
              "' takes no classes, so it has no conditional samples and no measures on them");
}

}  // namespace autodidact
