#include "data/labels.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "autodidact/plugin/error.hpp"
#include "data/text.hpp"

namespace autodidact {
namespace {

std::optional<double> as_number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value == 0 ? 0.0 : value;  // -0 is 0
}

// The order of classes and, for each class, its index.
struct Classes {
  bool numeric = true;
  std::map<double, std::int64_t> by_number;
  std::map<std::string, std::int64_t> by_text;

  void add(const std::vector<std::string>& labels) {
    for (const std::string& label : labels) {
      by_text.emplace(label, 0);
      if (!numeric) continue;
      const auto number = as_number(label);
      numeric = number.has_value();
      if (numeric) by_number.emplace(*number, 0);
    }
  }
  std::vector<std::string> close() {
    std::vector<std::string> names;
    const auto take = [&](std::int64_t& index, std::string name) {
      index = static_cast<std::int64_t>(names.size());
      names.push_back(std::move(name));
    };
    if (numeric)
      for (auto& [number, index] : by_number) take(index, class_name(number));
    else
      for (auto& [text, index] : by_text) take(index, text);
    return names;
  }
  std::optional<std::int64_t> find(const std::string& label) const {
    if (!numeric) {
      const auto found = by_text.find(label);
      return found == by_text.end() ? std::nullopt : std::optional(found->second);
    }
    const auto number = as_number(label);
    const auto found = number ? by_number.find(*number) : by_number.end();
    return found == by_number.end() ? std::nullopt : std::optional(found->second);
  }
};

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 12; ++i) text += (i ? ", " : "") + names[i];
  return text + (names.size() > 12 ? ", ..." : "");
}

std::vector<std::int64_t> encoded(const RawTable& table, const Classes& classes,
                                  const std::vector<std::string>& names) {
  std::vector<std::int64_t> y;
  y.reserve(table.labels.size());
  for (std::size_t i = 0; i < table.labels.size(); ++i) {
    const auto index = classes.find(table.labels[i]);
    if (!index)
      throw DataError(table.place_of(static_cast<std::int64_t>(i)) +
                      (table.label_column ? ": column " + std::to_string(table.label_column) : std::string()) +
                      ": the label " + in_quotes(table.labels[i]) + " does not occur in the training set (" +
                      listed(names) + "); correct it, or use data.split = \"stratified_80_20\"");
    y.push_back(*index);
  }
  return y;
}

}  // namespace

std::string class_name(double label) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, label);
  return std::string(buffer, result.ptr);
}

std::string class_name(const std::string& label) {
  const auto number = as_number(label);
  return number ? class_name(*number) : label;
}

Labels encode_labels(const RawTable& train, const RawTable& test, bool unseen_is_error) {
  if (train.labels.empty() != test.labels.empty()) {
    const RawTable& without = train.labels.empty() ? train : test;
    throw DataError(without.file.string() + ": has no labels while " +
                    (train.labels.empty() ? test : train).file.string() + " has; give both or neither");
  }
  Labels labels;
  if (train.labels.empty()) return labels;
  Classes classes;
  classes.add(train.labels);
  if (!unseen_is_error) classes.add(test.labels);
  labels.names = classes.close();
  labels.train = encoded(train, classes, labels.names);
  labels.test = encoded(test, classes, labels.names);
  return labels;
}

}  // namespace autodidact
