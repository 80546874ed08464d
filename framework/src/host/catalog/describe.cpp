// Descriptor -> PluginInfo, with every check that can be made without creating an object.
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "autodidact/plugin/error.hpp"
#include "config/run.hpp"
#include "host/catalog/library.hpp"

namespace autodidact {

namespace {

const std::set<std::string> kCapabilities = {"gradient",         "conditional",  "stochastic_encode",
                                             "target_tokenizer", "per_position", "self_supervised"};

[[noreturn]] void refuse(const std::string& reason) { throw ConfigError("its descriptor is wrong: " + reason); }

std::string text_of(const char* text, const char* field) {
  if (!text) refuse(std::string(field) + " is null; give \"\" where there is nothing to say");
  return text;
}

bool is_name(const std::string& name, bool capitals) {
  const auto letter = [&](char c) { return (c >= 'a' && c <= 'z') || (capitals && c >= 'A' && c <= 'Z'); };
  if (name.empty() || !letter(name[0])) return false;
  for (const char c : name)
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '_') return false;
  return true;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

void check_head(const Descriptor& d, const PluginInfo& info) {
  if (!is_name(info.name, false)) refuse("name '" + info.name + "'; expected [a-z][a-z0-9_]*");
  if (info.version.empty()) refuse("version is empty; expected e.g. 1.0.0");
  if (info.summary.empty() || info.summary.find('\n') != std::string::npos)
    refuse("summary must be one line that says what '" + info.name + "' is");
  const bool made[] = {d.create_tokenizer != nullptr, d.create_objective != nullptr, d.create_prior != nullptr};
  for (std::uint32_t kind = 0; kind < 3; ++kind)
    if (made[kind] != (kind == static_cast<std::uint32_t>(info.kind)))
      refuse("exactly create_" + kind_name(info.kind) + " must be set; create_" + kind_name(Kind{kind}) +
             (made[kind] ? " is set too" : " is null"));
  for (const std::string& word : info.capabilities)
    if (!kCapabilities.count(word)) {
      std::string known;
      for (const std::string& k : kCapabilities) known += (known.empty() ? "" : ", ") + k;
      refuse("unknown capability '" + word + "'; known: " + known);
    }
  if (!std::isfinite(info.default_weight)) refuse("default_weight is not finite");
}

ParamInfo describe_param(const ParamSpec& spec) {
  ParamInfo p;
  p.name = text_of(spec.name, "the name of a parameter");
  if (!is_name(p.name, true)) refuse("parameter '" + p.name + "'; expected a name of letters, digits and _");
  const std::string what = "parameter '" + p.name + "': ";
  if (spec.type > ParamType::file) refuse(what + "unknown type " + std::to_string(static_cast<unsigned>(spec.type)));
  if (spec.phase > Phase::sample) refuse(what + "unknown phase " + std::to_string(static_cast<unsigned>(spec.phase)));
  p.type = spec.type;
  p.default_text = text_of(spec.default_value, (what + "its default").c_str());
  p.min = spec.min;
  p.max = spec.max;
  p.choices = split(text_of(spec.choices, (what + "its choices").c_str()), '|');
  p.unit = text_of(spec.unit, (what + "its unit").c_str());
  p.doc = text_of(spec.doc, (what + "its doc").c_str());
  p.phase = spec.phase;
  p.required = spec.required;
  if (!(p.min <= p.max)) refuse(what + "its range is empty");
  if (p.type == ParamType::choice && p.choices.empty()) refuse(what + "a choice without choices");
  if (p.doc.empty()) refuse(what + "doc is empty; say in one line what it does");
  if (!p.required && p.default_text.empty()) refuse(what + "no default; give one, or required = true");
  return p;
}

// Values are judged as configuration would be: type, range, choices. Files are not looked up here.
void check_values(const PluginInfo& info, const std::map<std::string, std::string>& values) {
  PluginInfo judged = info;
  judged.check.clear();
  judged.params.clear();
  std::vector<std::pair<std::string, std::string>> given;
  for (const ParamInfo& p : info.params) {
    const auto value = values.find(p.name);
    if (p.type == ParamType::file || value == values.end()) continue;
    judged.params.push_back(p);
    given.emplace_back(*value);
  }
  try {
    resolve_params(judged, given);
  } catch (const ConfigErrors& e) {
    refuse(e.lines().empty() ? e.what() : e.lines().front());
  } catch (const ConfigError& e) {
    refuse(e.what());
  }
}

void describe_params(const Descriptor& d, PluginInfo& info) {
  if (d.param_count > 0 && !d.params) refuse("params is null but param_count is " + std::to_string(d.param_count));
  if (d.check_count > 0 && !d.check) refuse("check is null but check_count is " + std::to_string(d.check_count));
  std::set<std::string> names;
  for (std::size_t i = 0; i < d.param_count; ++i) {
    ParamInfo p = describe_param(d.params[i]);
    if (!names.insert(p.name).second) refuse("parameter '" + p.name + "' is declared twice");
    if (p.phase == Phase::sample && info.kind != Kind::prior)
      refuse("parameter '" + p.name + "': only priors have parameters of phase sample");
    info.params.push_back(std::move(p));
  }
  for (std::size_t i = 0; i < d.check_count; ++i) {
    const std::string name = text_of(d.check[i].name, "the name of a check value");
    if (!names.count(name)) refuse("check value for '" + name + "', which is no parameter");
    info.check.emplace_back(name, text_of(d.check[i].value, "a check value"));
  }
  std::map<std::string, std::string> values;
  for (const ParamInfo& p : info.params)
    if (!p.default_text.empty()) values[p.name] = p.default_text;
  check_values(info, values);
  for (const auto& [name, value] : info.check) values[name] = value;
  check_values(info, values);
}

void describe_golden(const Descriptor& d, PluginInfo& info) {
  if (d.golden_count > 0 && !d.golden) refuse("golden is null but golden_count is " + std::to_string(d.golden_count));
  for (std::size_t i = 0; i < d.golden_count; ++i) {
    GoldenNames entry;
    std::memcpy(&entry, reinterpret_cast<const char*>(d.golden) + i * sizeof entry, sizeof entry);
    if (!entry.run) refuse("golden entry " + std::to_string(i) + " has no function");
    info.golden.emplace_back(text_of(entry.file, "the file of a golden entry"),
                             text_of(entry.groups, "the groups of a golden entry"));
  }
}

}  // namespace

PluginInfo describe(const Descriptor& d) {
  PluginInfo info;
  if (d.kind > Kind::prior) refuse("unknown kind " + std::to_string(static_cast<unsigned>(d.kind)));
  info.kind = d.kind;
  info.name = text_of(d.name, "name");
  info.version = text_of(d.version, "version");
  info.summary = text_of(d.summary, "summary");
  info.paper = text_of(d.paper, "paper");
  info.fingerprint = d.fingerprint;
  info.capabilities = split(text_of(d.capabilities, "capabilities"), ' ');
  info.default_weight = d.default_weight;
  check_head(d, info);
  describe_params(d, info);
  describe_golden(d, info);
  return info;
}

}  // namespace autodidact
