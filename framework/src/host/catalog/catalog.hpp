// Which plugins there are. Free of LibTorch: descriptors come from a cache, filled by a probe that loads each new
// file in a child process, so that a truncated, corrupt or hanging library is a message and never the host's end.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "autodidact/plugin/error.hpp"
#include "config/plugin_info.hpp"

namespace autodidact {

struct Refusal {
  std::filesystem::path file;
  std::string reason;  // one line: found, wanted, the fix
};

// A file that is no usable plugin: "FILE: reason", one line.
class PluginRefused : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

struct Catalog {
  std::vector<PluginInfo> plugins;  // sorted by kind, name
  std::vector<Refusal> refused;     // files in the search path that are not usable plugins
};

struct CatalogOptions {
  std::vector<std::filesystem::path> folders;  // built-in folder, --plugin-path, AUTODIDACT_PLUGINS, in this order
  std::filesystem::path cache;                 // file; key per plugin: path, size, mtime, digest
  std::filesystem::path probe;                 // the program that answers `PROBE __probe FILE` (this one)
  double probe_seconds = 20;
};

// Two different files of one kind and name are an error (ConfigError) with both paths; the same file twice is not.
Catalog read_catalog(const CatalogOptions& options);
// One file, for `plugin check FILE`: probed anew whatever the cache says. Throws PluginRefused with the one-line
// reason.
PluginInfo probe_plugin(const std::filesystem::path& file, const CatalogOptions& options);
// The child's side: loads FILE, checks the descriptor, writes JSON to stdout. Returns an exit code.
int probe_main(const char* file);

}  // namespace autodidact
