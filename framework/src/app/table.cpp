#include "app/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "app/console.hpp"

namespace autodidact {

namespace {

using Json = nlohmann::ordered_json;

// As a cell: numbers short, "-" for nothing, no control characters of files on a terminal.
std::string text_of(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return std::isfinite(number) ? fmt::format("{:.6g}", number) : "-";
  }
  std::string text =
      value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

std::string trimmed(const std::string& text) { return text.substr(0, text.find_last_not_of(' ') + 1); }

// Words in lines of at most `width`; a longer word stands alone.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && width_of(lines.back()) + 1 + width_of(word) > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

// One column of a table: its cells as text, numbers to the right.
struct Shown {
  std::string name;
  std::vector<std::string> cells;
  std::size_t width = 0;
  bool right = false;

  Shown(const std::string& title, const Json& rows) : name(title), width(width_of(title)) {
    bool any = false, numbers = true;
    for (const Json& row : rows) {
      const Json value = row.value(name, Json());
      cells.push_back(text_of(value));
      width = std::max(width, width_of(cells.back()));
      any = any || value.is_number();
      numbers = numbers && (value.is_number() || value.is_null());
    }
    right = any && numbers;
  }
  std::string padded(const std::string& text) const {
    const std::string gap(width > width_of(text) ? width - width_of(text) : 0, ' ');
    return right ? gap + text : text + gap;
  }
};

std::string bold(const std::string& text) { return colours(1) ? "\033[1m" + text + "\033[0m" : text; }

}  // namespace

void print_rows(const Json& rows, const std::vector<std::string>& hide, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  if (rows.empty()) {
    fmt::print("{}none\n", margin);
    return;
  }
  std::vector<Shown> columns;
  for (const auto& [name, value] : rows.front().items()) {
    if (std::find(hide.begin(), hide.end(), name) != hide.end()) continue;
    Shown column(name, rows);
    const bool empty =
        std::all_of(column.cells.begin(), column.cells.end(), [](const std::string& c) { return c.empty(); });
    if (!empty) columns.push_back(std::move(column));
  }
  if (columns.empty()) return;
  std::size_t before = margin.size();  // columns left of the last one
  for (std::size_t i = 0; i + 1 < columns.size(); ++i) before += columns[i].width + 2;
  const std::size_t width = output_width(), last = width > before + 30 ? width - before : std::string::npos;
  const auto left = [&](auto text_at) {
    std::string line = margin;
    for (std::size_t i = 0; i + 1 < columns.size(); ++i) line += columns[i].padded(text_at(columns[i])) + "  ";
    return line;
  };
  fmt::print("{}\n", bold(trimmed(left([](const Shown& c) { return c.name; }) + columns.back().name)));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Shown& end = columns.back();
    const auto parts = end.right ? std::vector<std::string>{end.padded(end.cells[row])} : wrapped(end.cells[row], last);
    for (std::size_t part = 0; part < parts.size(); ++part)
      fmt::print("{}\n",
                 trimmed((part == 0 ? left([&](const Shown& c) { return c.cells[row]; }) : std::string(before, ' ')) +
                         parts[part]));
  }
}

void print_fields(const Json& fields, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::size_t names = 0;
  for (const auto& [name, value] : fields.items())
    if (!value.is_structured()) names = std::max(names, width_of(name));
  bool first = true;
  for (const auto& [name, value] : fields.items()) {
    const char* gap = indent == 0 && !first ? "\n" : "";
    first = false;
    if (value.is_object()) {
      fmt::print("{}{}{}\n", gap, margin, bold(name));
      print_fields(value, indent + 2);
    } else if (value.is_array() && !value.empty() && value.front().is_object()) {
      fmt::print("{}{}{}\n", gap, margin, bold(name));
      print_rows(value, {}, indent + 2);
    } else if (const std::string text = text_of(value); !text.empty() && !(value.is_array() && value.empty())) {
      fmt::print("{}{}{}  {}\n", margin, name, std::string(names > width_of(name) ? names - width_of(name) : 0, ' '),
                 text);
    }
  }
}

}  // namespace autodidact
