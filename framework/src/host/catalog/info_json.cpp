#include "host/catalog/info_json.hpp"

#include <cmath>
#include <string>

namespace autodidact {

using nlohmann::json;

namespace {

// JSON has no infinities, and ranges are often open.
json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double number_of(const json& value) {
  if (value.is_number()) return value.get<double>();
  const auto& text = value.get_ref<const std::string&>();
  if (text == "inf") return INFINITY;
  if (text == "-inf") return -INFINITY;
  return NAN;
}

json to_json_value(const ParamInfo& p) {
  return {{"name", p.name},
          {"type", static_cast<unsigned>(p.type)},
          {"default", p.default_text},
          {"min", number(p.min)},
          {"max", number(p.max)},
          {"choices", p.choices},
          {"unit", p.unit},
          {"doc", p.doc},
          {"phase", static_cast<unsigned>(p.phase)},
          {"required", p.required}};
}

ParamInfo param_of(const json& j) {
  ParamInfo p;
  p.name = j.at("name").get<std::string>();
  p.type = static_cast<ParamType>(j.at("type").get<std::uint32_t>());
  p.default_text = j.at("default").get<std::string>();
  p.min = number_of(j.at("min"));
  p.max = number_of(j.at("max"));
  p.choices = j.at("choices").get<std::vector<std::string>>();
  p.unit = j.at("unit").get<std::string>();
  p.doc = j.at("doc").get<std::string>();
  p.phase = static_cast<Phase>(j.at("phase").get<std::uint32_t>());
  p.required = j.at("required").get<bool>();
  return p;
}

}  // namespace

json to_json_value(const PluginInfo& info) {
  json params = json::array();
  for (const ParamInfo& p : info.params) params.push_back(to_json_value(p));
  return {{"kind", static_cast<unsigned>(info.kind)},
          {"name", info.name},
          {"version", info.version},
          {"summary", info.summary},
          {"paper", info.paper},
          {"fingerprint", info.fingerprint},
          {"capabilities", info.capabilities},
          {"params", std::move(params)},
          {"check", info.check},
          {"golden", info.golden},
          {"default_weight", number(info.default_weight)}};
}

PluginInfo plugin_info_of(const json& j) {
  PluginInfo info;
  info.kind = static_cast<Kind>(j.at("kind").get<std::uint32_t>());
  info.name = j.at("name").get<std::string>();
  info.version = j.at("version").get<std::string>();
  info.summary = j.at("summary").get<std::string>();
  info.paper = j.at("paper").get<std::string>();
  info.fingerprint = j.at("fingerprint").get<std::string>();
  info.capabilities = j.at("capabilities").get<std::vector<std::string>>();
  for (const json& p : j.at("params")) info.params.push_back(param_of(p));
  info.check = j.at("check").get<std::vector<std::pair<std::string, std::string>>>();
  info.golden = j.at("golden").get<std::vector<std::pair<std::string, std::string>>>();
  info.default_weight = number_of(j.at("default_weight"));
  return info;
}

}  // namespace autodidact
