// autodidact list: what there is.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/table.hpp"
#include "config/dataset_list.hpp"

namespace autodidact {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

Json plugins(World& world) {
  Json rows = Json::array();
  for (const PluginInfo& info : world.catalog().plugins)
    rows.push_back({{"kind", kind_name(info.kind)},
                    {"name", info.name},
                    {"version", info.version},
                    {"summary", info.summary},
                    {"file", info.file.string()}});
  return rows;
}

// The first paragraph of comment in a suite says which question it answers.
Json suites(World& world) {
  Json rows = Json::array();
  for (const std::string& folder : world.suite_dirs()) {
    std::set<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == ".toml") files.insert(entry.path());
    for (const fs::path& file : files) {
      std::ifstream in(file);
      std::string line, about;
      while (std::getline(in, line) && line.starts_with("#")) {
        const std::size_t begin = line.find_first_not_of("# ");
        if (begin == std::string::npos) break;
        about += (about.empty() ? "" : " ") + line.substr(begin);
      }
      rows.push_back({{"name", file.stem().string()}, {"question", about}, {"file", file.string()}});
    }
  }
  return rows;
}

}  // namespace

int list_command(World& world, const std::string& what) {
  Json rows;
  if (what == "plugins") rows = plugins(world);
  if (what == "suites") rows = suites(world);
  if (what == "measures") rows = Json::parse(world.engine().measures());
  if (what == "datasets") rows = datasets_json(world);
  if (what == "augmentations") rows = augmentations_json(world);
  if (world.options().json) {
    fmt::print("{}\n", rows.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_rows(rows, {"file"});
  }
  return what == "plugins" && !world.catalog().refused.empty() ? exit_plugin : exit_ok;
}

}  // namespace autodidact
