#include "config/method.hpp"
#include "config/param.hpp"
#include "config/protocol_keys.hpp"
#include "config/suggest.hpp"

namespace autodidact {

const PluginInfo* MethodPlugins::of(Kind kind) const {
  return kind == Kind::tokenizer ? tokenizer : kind == Kind::objective ? objective : prior;
}

MethodPlugins find_plugins(const MethodEntry& method, const Sources& sources, Faults& faults) {
  const auto find = [&](Kind kind, const NamedText& name) -> const PluginInfo* {
    if (name.text.empty()) return nullptr;  // told already
    if (const PluginInfo* info = find_plugin(sources, kind, name.text)) return info;
    std::vector<std::string> known;
    std::string list;
    for (const PluginInfo& info : sources.plugins) {
      if (info.kind != kind) continue;
      known.push_back(info.name);
      list += (list.empty() ? "" : ", ") + info.name;
    }
    std::string text = "no " + kind_name(kind) + " plugin is named '" + name.text + "'; ";
    text += list.empty() ? "none was found" : there_are(name.text, known) + ": " + list;
    faults.add(name.where, "method." + kind_name(kind), text);
    return nullptr;
  };
  return {find(Kind::tokenizer, method.tokenizer), find(Kind::objective, method.objective),
          find(Kind::prior, method.prior)};
}

const ParamInfo* plugin_param(const MethodPlugins& plugins, const std::string& key) {
  const auto parts = plugin_key(key);
  const PluginInfo* info = parts ? plugins.of(parts->kind) : nullptr;
  if (!info) return nullptr;
  if (const ParamInfo* own = find_param(info->params, parts->rest)) return own;
  const std::string prefix = info->name + ".";
  return parts->rest.starts_with(prefix) ? find_param(info->params, parts->rest.substr(prefix.size())) : nullptr;
}

void check_settings_alone(const MethodEntry& method, const MethodPlugins& plugins, Faults& faults) {
  for (const auto& [key, node] : method.set) {
    const auto parts = plugin_key(key);
    const PluginInfo* info = parts ? plugins.of(parts->kind) : nullptr;
    if (const ProtocolKey* known = find_protocol_key(key)) {
      to_value(node, known->info, key, faults);
    } else if (const ParamInfo* param = plugin_param(plugins, key)) {
      to_value(node, *param, kind_name(parts->kind) + "." + param->name, faults);
    } else if (info) {
      faults.add(node.where, "method.set." + key,
                 kind_name(parts->kind) + " '" + info->name + "' has no such parameter" +
                     hint(key, param_names(info->params, kind_name(parts->kind) + ".")));
    }
  }
}

std::vector<std::string> known_keys(const MethodPlugins& plugins) {
  std::vector<std::string> names;
  for (const ProtocolKey& key : protocol_keys()) names.push_back(key.info.name);
  for (const Kind kind : {Kind::tokenizer, Kind::objective, Kind::prior})
    for (const std::string& name : param_names(plugins.of(kind)->params, kind_name(kind) + ".")) names.push_back(name);
  return names;
}

}  // namespace autodidact
