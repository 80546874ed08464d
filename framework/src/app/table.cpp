#include "app/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/console.hpp"

namespace autodidact {

namespace {

std::string text_of(const nlohmann::ordered_json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void print_rows(const nlohmann::ordered_json& rows, const std::vector<std::string>& hide) {
  if (rows.empty()) {
    fmt::print("none\n");
    return;
  }
  std::vector<std::string> names;
  std::vector<std::size_t> widths;
  for (const auto& [name, value] : rows.front().items())
    if (std::find(hide.begin(), hide.end(), name) == hide.end()) names.push_back(name);
  for (const std::string& name : names) {
    std::size_t width = width_of(name);
    for (const auto& row : rows) width = std::max(width, width_of(text_of(row.value(name, nlohmann::ordered_json()))));
    widths.push_back(width);
  }
  const auto line = [&](auto text_at) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string text = text_at(names[i]);
      out += text;
      if (i + 1 < names.size()) out += std::string(widths[i] - width_of(text) + 2, ' ');
    }
    return out;
  };
  const bool bold = colours(1);
  fmt::print("{}{}{}\n", bold ? "\033[1m" : "", line([](const std::string& name) { return name; }), bold ? "\033[0m" : "");
  for (const auto& row : rows)
    fmt::print("{}\n", line([&](const std::string& name) { return text_of(row.value(name, nlohmann::ordered_json())); }));
}

void print_fields(const nlohmann::ordered_json& fields, int indent) {
  for (const auto& [name, value] : fields.items()) {
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    if (value.is_object()) {
      fmt::print("{}{}\n", margin, name);
      print_fields(value, indent + 2);
    } else if (value.is_array() && !value.empty() && value.front().is_object()) {
      fmt::print("{}{}\n", margin, name);
      print_rows(value);
    } else {
      fmt::print("{}{:<{}} {}\n", margin, name, std::max(1, 28 - indent), text_of(value));
    }
  }
}

}  // namespace autodidact
