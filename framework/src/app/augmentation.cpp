// autodidact list augmentations, show augmentation: sets of augmentations in words, and drawn on a dataset.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/table.hpp"
#include "app/write_text.hpp"
#include "autodidact/plugin/error.hpp"
#include "config/augmentations.hpp"
#include "config/profile.hpp"
#include "config/suggest.hpp"
#include "config/suite_file.hpp"
#include "results/augmentation_page.hpp"

namespace autodidact {

using Json = nlohmann::ordered_json;

namespace {

struct FoundSet {
  AugmentationSet set;
  std::string from;  // "built in" or the suite's file
};

// "random_crop (crop_ratio 0.5), uniform_resize (rate 0.3)"
std::string steps_text(const std::vector<AugmentationStep>& steps) {
  std::string text;
  for (const AugmentationStep& step : steps) {
    std::string values;
    for (const ParamInfo& info : find_augmentation_kind(step.kind)->params)
      values += (values.empty() ? "" : ", ") + info.name + fmt::format(" {:g}", augmentation_number(step, info.name));
    text += (text.empty() ? "" : ", ") + step.kind + " (" + values + ")";
  }
  return text;
}

std::vector<FoundSet> sets_of(const World& world, const std::string& suite_name) {
  std::vector<FoundSet> sets;
  for (const AugmentationSet& set : builtin_augmentation_sets()) sets.push_back({set, "built in"});
  if (suite_name.empty()) return sets;
  Faults faults;
  const std::string file = find_toml("suite", {suite_name, {"--suite", 0}}, world.suite_dirs(), "", faults);
  faults.raise();
  const SuiteFile suite = read_suite(file, faults);
  faults.raise();
  for (const auto& [name, steps] : suite.augmentations) {
    const AugmentationSet set{name, "[augmentation." + name + "] of the suite " + suite.name.text, steps};
    sets.push_back({set, file});
  }
  return sets;
}

FoundSet find_set(const World& world, const ShowCommand& command) {
  const std::vector<FoundSet> sets = sets_of(world, command.suite);
  std::vector<std::string> names;
  for (const FoundSet& found : sets) {
    if (found.set.name == command.name) return found;
    names.push_back(found.set.name);
  }
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  throw ConfigError("no augmentation set is named '" + command.name + "'; " + there_are(command.name, names) + " " +
                    all + (command.suite.empty() ? "; sets of a suite by --suite FILE" : ""));
}

Json set_json(const FoundSet& found) {
  Json fields = {{"augmentation", found.set.name},
                 {"does", found.set.doc},
                 {"from", found.from},
                 {"moves positions", moves_positions(found.set.steps)}};
  Json steps = Json::array(), params = Json::array();
  for (std::size_t i = 0; i < found.set.steps.size(); ++i) {
    const AugmentationStep& step = found.set.steps[i];
    const AugmentationKind& kind = *find_augmentation_kind(step.kind);
    steps.push_back({{"step", i + 1}, {"kind", kind.name}, {"moves positions", kind.moves}, {"does", kind.doc}});
    for (const ParamInfo& info : kind.params)
      params.push_back({{"step", i + 1},
                        {"parameter", info.name},
                        {"value", augmentation_number(step, info.name)},
                        {"default", info.default_text},
                        {"range", range_of(info)},
                        {"unit", info.unit},
                        {"doc", info.doc}});
  }
  fields["steps"] = steps;
  fields["parameters"] = params;
  return fields;
}

Json drawn(World& world, const FoundSet& found, const ShowCommand& command) {
  AugmentationQuery query;
  query.dataset.name = command.dataset;
  query.dataset.roots = world.data_roots();
  query.dataset.card_dirs = world.card_dirs();
  query.steps = found.set.steps;
  query.n = command.n;
  query.seed = command.seed;
  return Json::parse(world.engine().augmentation(query));
}

AugmentationExamples examples_of(const Json& drawn) {
  AugmentationExamples examples{drawn["dataset"], drawn["seed"], {}};
  for (const Json& series : drawn["series"])
    examples.series.push_back(
        {series["index"], series.value("class", std::string()), series["original"], series["augmented"]});
  return examples;
}

}  // namespace

Json augmentations_json(World& world) {
  Json rows = Json::array();
  for (const FoundSet& found : sets_of(world, "")) {
    Json row = {{"name", found.set.name}, {"moves positions", moves_positions(found.set.steps) ? "yes" : "no"}};
    row["steps"] = steps_text(found.set.steps);
    row["does"] = found.set.doc;
    rows.push_back(row);
  }
  return rows;
}

int show_augmentation(World& world, const ShowCommand& command) {
  const FoundSet found = find_set(world, command);
  const bool json = world.options().json;
  if (command.html.empty() && !command.dataset.empty() && !json)
    throw ConfigError("--dataset draws examples; say where to with --html FILE, or take them as --json");
  Json fields = set_json(found);
  if (!command.dataset.empty()) {
    const Json examples = drawn(world, found, command);
    if (json) fields["examples"] = examples;
    if (!command.html.empty()) write_text(command.html, augmentation_page(found.set, examples_of(examples)));
  }
  if (json)
    fmt::print("{}\n", fields.dump(2, ' ', false, Json::error_handler_t::replace));
  else
    print_fields(fields);
  if (!command.html.empty()) say(LogLevel::info, "page: " + std::filesystem::absolute(command.html).string());
  return exit_ok;
}

}  // namespace autodidact
