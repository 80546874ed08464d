// The parameters of a method's plugins: defaults, profile, [protocol], `set`, grid, command line, in this order.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/method.hpp"
#include "config/param.hpp"
#include "config/suggest.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

// Looked for beside the text that names it, then in the working folder, then beside the plugin.
std::optional<std::string> read_bytes(const std::string& path, const Node& given, const fs::path& plugin) {
  constexpr std::uintmax_t kMost = 1ull << 30;
  std::vector<fs::path> places = {fs::path(path)};
  if (fs::path(path).is_relative()) {
    if (given.where.line > 0) places.insert(places.begin(), fs::path(given.where.file).parent_path() / path);
    places.push_back(plugin.parent_path() / path);
  }
  for (const fs::path& place : places) {
    std::error_code error;
    if (!fs::is_regular_file(place, error) || fs::file_size(place, error) > kMost) continue;
    std::ifstream stream(place, std::ios::binary);
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    if (stream) return bytes.str();
  }
  return std::nullopt;
}

}  // namespace

void MethodResolver::read_file(PluginChoice& choice, const ParamInfo& info, const Node* given) {
  const std::string path = std::get<std::string>(choice.params.at(info.name));
  choice.file_params.push_back(info.name);
  choice.file_paths[info.name] = path;
  choice.params[info.name] = std::string();
  if (path.empty()) return;
  const Node nowhere{path, {}};
  const Node& from = given ? *given : nowhere;
  if (auto bytes = read_bytes(path, from, choice.info.file))
    choice.params[info.name] = std::move(*bytes);
  else
    faults_.add(given ? given->where : method_.name.where, kind_name(choice.info.kind) + "." + info.name,
                "the file '" + path + "' does not exist or cannot be read (at most 1 GiB)");
}

PluginChoice MethodResolver::resolve_plugin(const PluginInfo& info, const Settings& point) {
  PluginChoice choice;
  choice.info = info;
  const std::string kind = kind_name(info.kind);
  Settings given;
  if (const auto section = profile_.plugins.find(kind + "." + info.name); section != profile_.plugins.end())
    given = section->second;
  for (const Settings* layer : {&suite_.protocol, &method_.set, &point, &overrides_.settings})
    for (const auto& [key, node] : *layer) {
      const auto parts = plugin_key(key);
      if (!parts || parts->kind != info.kind) continue;
      if (const ParamInfo* param = plugin_param(plugins_, key)) given.insert_or_assign(param->name, node);
    }
  for (const ParamInfo& param : info.params) {
    const auto found = given.find(param.name);
    const std::string key = kind + "." + param.name;
    std::optional<Value> value;
    if (found != given.end()) {
      value = to_value(found->second, param, key, faults_);
    } else {
      value = default_value(param);
      if (!value)
        faults_.add(method_.name.where, key, "not given; plugin '" + info.name + "' needs " + expectation(param));
    }
    if (!value) continue;
    choice.params[param.name] = *value;
    if (param.type == ParamType::file) read_file(choice, param, found == given.end() ? nullptr : &found->second);
  }
  return choice;
}

Values resolve_params(const PluginInfo& info, const std::vector<std::pair<std::string, std::string>>& given) {
  Faults faults;
  Values values;
  const Where where{"parameters of " + kind_name(info.kind) + " '" + info.name + "'", 0};
  std::map<std::string, Node> nodes;
  for (const auto& [name, text] : given) {
    if (!find_param(info.params, name))
      faults.add(where, name, "unknown parameter" + hint(name, param_names(info.params)));
    nodes[name] = parse_toml_value(text, where).value_or(Node{text, where});
  }
  for (const ParamInfo& param : info.params) {
    const auto found = nodes.find(param.name);
    const auto value = found == nodes.end() ? default_value(param) : to_value(found->second, param, param.name, faults);
    if (!value) {
      if (found == nodes.end()) faults.add(where, param.name, "not given, expected " + expectation(param));
      continue;
    }
    values[param.name] = *value;
    if (param.type != ParamType::file) continue;
    const std::string path = std::get<std::string>(*value);
    const auto bytes = path.empty() ? std::optional<std::string>("") : read_bytes(path, Node{path, where}, info.file);
    if (!bytes)
      faults.add(where, param.name, "the file '" + path + "' does not exist or cannot be read (at most 1 GiB)");
    values[param.name] = bytes.value_or("");
  }
  faults.raise();
  return values;
}

}  // namespace autodidact
