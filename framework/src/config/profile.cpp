#include "config/profile.hpp"

#include <filesystem>
#include <set>

#include "config/param.hpp"
#include "config/protocol_keys.hpp"
#include "config/suggest.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

void read_sections(Profile& profile, Kind kind, const Node& sections, const Sources& sources, const std::string& name,
                   Faults& faults, Notes& notes) {
  for (const auto& [plugin, node] : *sections.table()) {
    const std::string section = kind_name(kind) + "." + plugin;
    if (!node.table()) {
      faults.add(node.where, section, "found " + node.describe() + ", expected [" + section + "] with its parameters");
      continue;
    }
    const PluginInfo* info = find_plugin(sources, kind, plugin);
    Settings settings = flattened(node);
    if (!info) {
      notes.add("profile '" + name + "': [" + section + "] is for a plugin that was not found; it is left out");
      continue;
    }
    for (const auto& [key, value] : settings) {
      const std::string full = section + "." + key;
      const ParamInfo* param = find_param(info->params, key);
      if (param)
        to_value(value, *param, full, faults);
      else
        faults.add(value.where, full, "unknown parameter" + hint(key, param_names(info->params)));
    }
    profile.plugins.emplace(section, std::move(settings));
  }
}

}  // namespace

const PluginInfo* find_plugin(const Sources& sources, Kind kind, const std::string& name) {
  for (const PluginInfo& info : sources.plugins)
    if (info.kind == kind && info.name == name) return &info;
  return nullptr;
}

std::string find_toml(const std::string& what, const NamedText& name, const std::vector<std::string>& folders,
                      const std::string& beside, Faults& faults) {
  std::error_code error;
  const bool path = name.text.find('/') != std::string::npos || name.text.ends_with(".toml");
  if (path) {
    for (const fs::path& candidate : {fs::path(beside).parent_path() / name.text, fs::path(name.text)})
      if (fs::is_regular_file(candidate, error)) return candidate.string();
    faults.add(name.where, what, "the file '" + name.text + "' does not exist");
    return "";
  }
  std::set<std::string> names;
  for (const std::string& folder : folders) {
    const fs::path candidate = fs::path(folder) / (name.text + ".toml");
    if (fs::is_regular_file(candidate, error)) return candidate.string();
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      if (it->path().extension() == ".toml") names.insert(it->path().stem().string());
  }
  std::string text = "no " + what + " is named '" + name.text + "'; ";
  text += there_are(name.text, {names.begin(), names.end()}) + ":";
  for (const std::string& known : names) text += " " + known;
  faults.add(name.where, what,
             names.empty() ? "no " + what + " is named '" + name.text + "', and there is none" : text);
  return "";
}

void check_protocol(const Settings& settings, bool plugin_keys, Faults& faults) {
  std::vector<std::string> names;
  for (const ProtocolKey& key : protocol_keys()) names.push_back(key.info.name);
  for (const auto& [key, node] : settings) {
    if (const ProtocolKey* known = find_protocol_key(key)) {
      to_value(node, known->info, key, faults);
    } else if (!plugin_keys || !plugin_key(key)) {
      faults.add(node.where, key, "unknown key" + hint(key, names));
    }
  }
}

Profile read_profile(const NamedText& name, const Sources& sources, const std::string& suite_file, Faults& faults,
                     Notes& notes) {
  Profile profile;
  const std::string file = find_toml("profile", name, sources.profile_dirs, suite_file, faults);
  if (file.empty()) return profile;
  const Node root = parse_toml_file(file);
  TableReader reader(root, "", faults);
  if (const Node* protocol = reader.take_table("protocol")) profile.protocol = flattened(*protocol);
  check_protocol(profile.protocol, false, faults);
  check_lengths(profile.protocol, faults);
  for (const Kind kind : {Kind::tokenizer, Kind::objective, Kind::prior})
    if (const Node* sections = reader.take_table(kind_name(kind)))
      read_sections(profile, kind, *sections, sources, name.text, faults, notes);
  reader.finish();
  return profile;
}

}  // namespace autodidact
