// PluginInfo <-> JSON, for the catalog cache and the answer of the load probe.
#pragma once

#include <nlohmann/json.hpp>

#include "config/plugin_info.hpp"

namespace autodidact {

// Without file and digest, which the reader knows better.
nlohmann::json to_json_value(const PluginInfo& info);
// Throws nlohmann::json::exception for anything that to_json_value would not write.
PluginInfo plugin_info_of(const nlohmann::json& json);

}  // namespace autodidact
