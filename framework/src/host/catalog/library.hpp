// An opened plugin library and what its descriptor says. The only place, with host/open.cpp, that loads code.
#pragma once

#include <filesystem>
#include <string>

#include "autodidact/plugin/abi.hpp"
#include "config/plugin_info.hpp"

namespace autodidact {

// The layout of a GoldenEntry (plugin/golden.hpp) without its torch types; host/open.cpp asserts that they agree.
struct GoldenNames {
  const char* file;
  const char* groups;
  void (*run)();
};

// Opens the file (all symbols bound now, none offered to others) and checks magic, interface, size and fingerprint.
// Once per process and file; never closed, because tensors, graph nodes and exceptions of a plugin may live as long as
// the process. Throws ConfigError with one line that does not repeat the file's name. A file that is truncated
// or corrupt may end the process: probe it in a child first.
const Descriptor& open_library(const std::filesystem::path& file);

// The descriptor as owned values; `file` and `digest` are left empty. Throws ConfigError for what is missing or cannot
// be, the default values of parameters included.
PluginInfo describe(const Descriptor& descriptor);

}  // namespace autodidact
