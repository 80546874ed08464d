// The conformance suite: what any plugin must do, ours or not, found out by using it. Runs in this process; a plugin
// that crashes takes it along.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/plugin_info.hpp"

namespace autodidact {

struct Check {
  std::string name;  // "shapes (C = 3, L = 96)"
  bool passed = false;
  bool skipped = false;  // then `found` says why
  std::string found;     // of a failure: what happened; of a pass: a figure worth seeing, or ""
  std::string expected;
};

// Every check that applies to the plugin, in order; those that do not apply are listed as skipped. `overrides` are
// parameters as TOML texts, on top of the descriptor's defaults and check values. Throws nothing for faults of the
// plugin: a plugin that cannot be opened or created fails its checks.
std::vector<Check> conformance(const PluginInfo& info,
                               const std::vector<std::pair<std::string, std::string>>& overrides = {});

}  // namespace autodidact
