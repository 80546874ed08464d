// What `list datasets` says, without LibTorch.
#include "app/table.hpp"
#include "config/dataset_list.hpp"

namespace autodidact {

nlohmann::ordered_json datasets_json(World& world) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const DatasetInfo& info : list_datasets(world.data_roots(), world.card_dirs())) {
    nlohmann::ordered_json row = {{"name", info.name}};
    const auto count = [&](const char* name, auto get) {
      row[name] = info.counts ? nlohmann::ordered_json(get(*info.counts)) : nlohmann::ordered_json();
    };
    count("train", [](const DatasetCounts& c) { return c.train; });
    count("test", [](const DatasetCounts& c) { return c.test; });
    count("channels", [](const DatasetCounts& c) { return c.channels; });
    count("length", [](const DatasetCounts& c) { return c.length; });
    row["classes"] =
        info.counts && info.counts->classes ? nlohmann::ordered_json(*info.counts->classes) : nlohmann::ordered_json();
    row["card"] = info.card ? "yes" : "no";
    row["source"] = !info.fault.empty() ? info.fault
                    : info.found        ? info.source
                                        : "not found; give its folder by --data";
    rows.push_back(row);
  }
  return rows;
}

}  // namespace autodidact
