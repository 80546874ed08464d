// The conformance suite: what any plugin must do, ours or not, found out by using it. Runs in this process: a plugin
// that crashes or hangs takes it along, so the program runs it in a child (app/check_process.cpp).
#pragma once

#include <vector>

#include "config/plugin_info.hpp"
#include "host/catalog/check.hpp"

namespace autodidact {

// Every check of the plugin's kind, in order; those that do not apply are skipped and say why. Throws nothing for
// faults of the plugin: a plugin that cannot be opened or created fails its checks.
std::vector<Check> conformance(const PluginInfo& info, const CheckOptions& options = {},
                               const CheckEvents& events = {});

}  // namespace autodidact
