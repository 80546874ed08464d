// autodidact show: one plugin, dataset, augmentation or record.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/table.hpp"
#include "autodidact/plugin/error.hpp"
#include "config/param_table.hpp"
#include "config/suggest.hpp"
#include "results/file.hpp"

namespace autodidact {

using Json = nlohmann::ordered_json;

std::string range_of(const ParamInfo& p) {
  if (!p.choices.empty()) {
    std::string text;
    for (const std::string& choice : p.choices) text += (text.empty() ? "" : " | ") + choice;
    return text;
  }
  const bool low = std::isfinite(p.min), high = std::isfinite(p.max);
  if (!low && !high) return "";
  return fmt::format("[{}, {}]", low ? fmt::format("{:g}", p.min) : "-inf", high ? fmt::format("{:g}", p.max) : "inf");
}

namespace {

Json plugin_json(const PluginInfo& info) {
  Json fields = {{"plugin", kind_name(info.kind) + "/" + info.name},
                 {"version", info.version},
                 {"summary", info.summary},
                 {"paper", info.paper},
                 {"file", info.file.string()},
                 {"digest", info.digest},
                 {"built with", info.fingerprint}};
  std::string capabilities;
  for (const std::string& c : info.capabilities) capabilities += (capabilities.empty() ? "" : " ") + c;
  fields["capabilities"] = capabilities;
  if (info.kind == Kind::objective) fields["default weight"] = info.default_weight;
  Json params = Json::array();
  for (const ParamInfo& p : info.params)
    params.push_back({{"parameter", p.name},
                      {"type", type_name(p.type)},
                      {"default", p.required ? "(required)" : p.default_text},
                      {"range", range_of(p)},
                      {"unit", p.unit},
                      {"phase", p.phase == Phase::sample ? "sample" : "train"},
                      {"doc", p.doc}});
  fields["parameters"] = params;
  Json golden = Json::array();
  for (const auto& [file, groups] : info.golden) golden.push_back({{"golden file", file}, {"groups", groups}});
  if (!golden.empty()) fields["checked against"] = golden;
  return fields;
}

Json value_json(const Value& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json record_json(const std::string& file) {
  const Record record = read_record(file, {[](const std::string& path) { return path.starts_with("metrics/"); }});
  Json fields;
  for (const std::string group : {"", "data", "cost/tokenizer", "cost/tokens", "cost/prior", "cost/samples", "cost/cas",
                                  "cost/measures", "provenance", "config"}) {
    const auto found = record.attributes.find(group);
    if (found == record.attributes.end()) continue;
    Json part;
    for (const auto& [name, value] : found->second)
      if (name != "libtorch.build") part[name] = value_json(value);
    fields[group.empty() ? "record" : group] = part;
  }
  const auto table = record.tables.find("metrics/table");
  if (table == record.tables.end()) return fields;
  Json rows = Json::array();
  for (std::size_t i = 0; i < table->second.rows(); ++i) {
    Json row;
    for (const char* name :
         {"name", "value", "std", "low", "high", "floor", "floor_halves", "unigram", "value_at_floor", "unit",
          "direction", "n_real", "n_gen", "n_floor", "version", "status", "note"}) {
      const Column* column = table->second.find(name);
      if (column) std::visit([&](const auto& values) { row[name] = values[i]; }, *column);
    }
    rows.push_back(row);
  }
  fields["measures"] = rows;
  return fields;
}

}  // namespace

int show_command(World& world, const ShowCommand& command) {
  const std::string &what = command.what, &name = command.name;
  if (command.markdown) {
    if (what != "plugin") throw ConfigError("--markdown: only `show plugin NAME` has a table for a README");
    fmt::print("{}", parameter_table(world.plugin(name)));
    return exit_ok;
  }
  if (what == "augmentation") return show_augmentation(world, command);
  Json fields;
  if (what == "plugin") {
    fields = plugin_json(world.plugin(name));
  } else if (what == "dataset") {
    DatasetQuery query;
    query.name = name;
    query.roots = world.data_roots();
    query.card_dirs = world.card_dirs();
    fields = Json::parse(world.engine().dataset(query));
  } else if (what == "record") {
    fields = record_json(name);
  } else {
    throw ConfigError("show " + what + ": expected plugin NAME, dataset NAME, augmentation NAME or RUN.h5" +
                      hint(what, {"plugin", "dataset", "augmentation"}));
  }
  if (world.options().json)
    fmt::print("{}\n", fields.dump(2, ' ', false, Json::error_handler_t::replace));
  else
    print_fields(fields);
  return exit_ok;
}

}  // namespace autodidact
