// A profile: a named set of settings for the protocol and for plugins.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/run.hpp"
#include "config/settings.hpp"
#include "config/suite_file.hpp"

namespace autodidact {

struct Profile {
  Settings protocol;
  std::map<std::string, Settings> plugins;  // "tokenizer.vqvae" -> its parameters
};

// Every section is judged, also those of plugins that no method uses. A section for a plugin that is not there is a
// note: it may be one that was refused.
Profile read_profile(const NamedText& name, const Sources& sources, const std::string& suite_file, Faults& faults,
                     Notes& notes);

// <folder>/<name>.toml, or `name` itself as a path (with '/' or '.toml'), looked up beside `beside` first. "" and a
// fault that names what there is if it is not found.
std::string find_toml(const std::string& what, const NamedText& name, const std::vector<std::string>& folders,
                      const std::string& beside, Faults& faults);

const PluginInfo* find_plugin(const Sources& sources, Kind kind, const std::string& name);

// Every key of the protocol with a value of the right type; others are faults. Keys of plugins pass where allowed.
void check_protocol(const Settings& settings, bool plugin_keys, Faults& faults);

}  // namespace autodidact
