#include "config/param.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "config/suggest.hpp"

namespace autodidact {
namespace {

std::string number_text(double value) {
  if (value == std::floor(value) && std::abs(value) <= 9007199254740992.0)
    return std::to_string(static_cast<std::int64_t>(value));
  return to_toml(Value(value));
}

std::string range_text(const ParamInfo& info) {
  const bool low = std::isfinite(info.min), high = std::isfinite(info.max);
  if (low && high) return "in [" + number_text(info.min) + ", " + number_text(info.max) + "]";
  if (low) return "of at least " + number_text(info.min);
  if (high) return "of at most " + number_text(info.max);
  return "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

class Converter {
 public:
  Converter(const ParamInfo& info, const std::string& key, Faults& faults) : info_(info), key_(key), faults_(faults) {}

  std::optional<Value> operator()(const Node& node) const {
    switch (info_.type) {
      case ParamType::boolean:
        if (const auto* flag = std::get_if<bool>(&node.value)) return *flag;
        break;
      case ParamType::integer:
        if (const auto number = integer(node)) return *number;
        break;
      case ParamType::real:
        if (const auto number = real(node)) return *number;
        break;
      case ParamType::choice:
        if (node.text() && std::count(info_.choices.begin(), info_.choices.end(), *node.text())) return *node.text();
        break;
      case ParamType::text:
      case ParamType::file:
        if (node.text()) return *node.text();
        if (const auto text = names(node)) return *text;
        break;
      case ParamType::integers:
        return list<std::int64_t>(node, &Converter::integer);
      case ParamType::reals:
        return list<double>(node, &Converter::real);
    }
    return fault(node);
  }

 private:
  std::optional<std::string> names(const Node& node) const {
    if (info_.unit != kNamesUnit || !node.list() || node.list()->empty()) return std::nullopt;
    std::string text;
    for (const Node& entry : *node.list()) {
      if (!entry.text()) return std::nullopt;
      text += (text.empty() ? "" : ", ") + *entry.text();
    }
    return text;
  }
  bool in_range(double value) const { return value >= info_.min && value <= info_.max; }

  std::optional<std::int64_t> integer(const Node& node) const {
    const auto* number = std::get_if<std::int64_t>(&node.value);
    if (number && in_range(static_cast<double>(*number))) return *number;
    return std::nullopt;
  }
  std::optional<double> real(const Node& node) const {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (const auto* number = std::get_if<double>(&node.value)) value = *number;
    if (const auto* number = std::get_if<std::int64_t>(&node.value)) value = static_cast<double>(*number);
    if (std::isfinite(value) && in_range(value)) return value;
    return std::nullopt;
  }

  template <class T>
  std::optional<Value> list(const Node& node, std::optional<T> (Converter::*get)(const Node&) const) const {
    const Node::List single = {node};
    const Node::List& entries = node.list() ? *node.list() : single;
    std::vector<T> values;
    for (const Node& entry : entries) {
      const std::optional<T> value = (this->*get)(entry);
      if (!value) return fault(entry);
      values.push_back(*value);
    }
    if (values.empty()) return fault(node, "an empty list");
    return values;
  }

  std::optional<Value> fault(const Node& node, std::string found = "") const {
    if (found.empty()) found = node.describe();
    std::string text = "found " + found + ", expected " + expectation(info_);
    if (info_.type == ParamType::choice && node.text()) {
      text += hint(*node.text(), info_.choices);
    }
    faults_.add(node.where, key_, text);
    return std::nullopt;
  }

  const ParamInfo& info_;
  const std::string& key_;
  Faults& faults_;
};

}  // namespace

std::string expectation(const ParamInfo& info) {
  const auto with_range = [&](const std::string& noun) {
    const std::string range = range_text(info);
    return range.empty() ? noun : noun + " " + range;
  };
  const auto each_in_range = [&](const std::string& noun) {
    const std::string range = range_text(info);
    return range.empty() ? noun : noun + ", each " + range;
  };
  switch (info.type) {
    case ParamType::boolean:
      return "true or false";
    case ParamType::integer:
      return with_range("an integer");
    case ParamType::real:
      return with_range("a number");
    case ParamType::text:
      return "text in quotes";
    case ParamType::choice:
      return "one of " + joined(info.choices);
    case ParamType::integers:
      return each_in_range("a list of integers");
    case ParamType::reals:
      return each_in_range("a list of numbers");
    case ParamType::file:
      return "the path of a file, in quotes";
  }
  return "";
}

std::optional<Value> to_value(const Node& node, const ParamInfo& info, const std::string& key, Faults& faults) {
  return Converter(info, key, faults)(node);
}

std::optional<Value> default_value(const ParamInfo& info) {
  if (info.default_text.empty()) return std::nullopt;
  const Where where{"the default of '" + info.name + "'", 0};
  const std::optional<Node> node = parse_toml_value(info.default_text, where);
  if (!node) throw ConfigErrors({where.text() + " is not TOML: " + info.default_text});
  Faults faults;
  const std::optional<Value> value = to_value(*node, info, info.name, faults);
  faults.raise();
  return value;
}

const ParamInfo* find_param(const std::vector<ParamInfo>& params, const std::string& name) {
  for (const ParamInfo& info : params)
    if (info.name == name) return &info;
  return nullptr;
}

std::vector<std::string> param_names(const std::vector<ParamInfo>& params, const std::string& prefix) {
  std::vector<std::string> names;
  for (const ParamInfo& info : params) names.push_back(prefix + info.name);
  return names;
}

ParamInfo param(ParamType type, const std::string& name, const std::string& default_text, const std::string& doc) {
  ParamInfo info;
  info.name = name;
  info.type = type;
  info.default_text = default_text;
  info.min = -std::numeric_limits<double>::infinity();
  info.max = std::numeric_limits<double>::infinity();
  info.doc = doc;
  return info;
}

ParamInfo ranged(ParamInfo info, double min, double max) {
  info.min = min;
  info.max = max;
  return info;
}

ParamInfo choice(const std::string& name, const std::vector<std::string>& choices, const std::string& doc) {
  ParamInfo info = param(ParamType::choice, name, "\"" + choices.front() + "\"", doc);
  info.choices = choices;
  return info;
}

}  // namespace autodidact
