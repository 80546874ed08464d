#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "host/catalog/catalog.hpp"

namespace autodidact {

// What the probe found: a plugin (file and digest not yet filled in), or why it is none.
struct Probed {
  std::optional<PluginInfo> info;
  std::string fault;     // one line without the file's name
  bool lasting = false;  // the fault lies in the file itself, so that it need not be probed again
};

Probed probe_in_child(const std::filesystem::path& file, const CatalogOptions& options);

}  // namespace autodidact
