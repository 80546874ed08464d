#include "config/param_table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "config/value.hpp"

namespace autodidact {

namespace {

// A cell: one line, and nothing in it that markdown would take for markup but code in backticks.
std::string cell(const std::string& text) {
  std::string out;
  bool code = false;
  for (const char c : text) {
    if (c == '`') code = !code;
    if (c == '|' || (!code && (c == '*' || c == '<'))) out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(const std::string& text) { return text.empty() ? "" : "`" + cell("`" + text).substr(1) + "`"; }

// 1e6 and not 1e+06.
std::string number(double value) {
  std::string text = fmt::format("{:g}", value);
  if (const std::size_t e = text.find('e'); e != std::string::npos) {
    if (text[e + 1] == '+') text.erase(e + 1, 1);
    while (text.size() > e + 2 && text[text.find_first_of("0123456789", e)] == '0')
      text.erase(text.find_first_of("0123456789", e), 1);
  }
  return text;
}

std::string range(const ParamInfo& p) {
  std::string text;
  for (const std::string& choice : p.choices) text += (text.empty() ? "" : ", ") + code(choice);
  if (!text.empty()) return text;
  const bool low = std::isfinite(p.min), high = std::isfinite(p.max);
  if (low && high) return number(p.min) + " to " + number(p.max);
  return low ? "at least " + number(p.min) : high ? "at most " + number(p.max) : "";
}

}  // namespace

std::string parameter_table(const PluginInfo& info) {
  if (info.params.empty()) return "No parameters.\n";
  std::string text =
      "| parameter | type | default | range | unit | phase | meaning |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const ParamInfo& p : info.params)
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", code(p.name), type_name(p.type),
                        p.required ? "required" : code(p.default_text), range(p), cell(p.unit),
                        p.phase == Phase::sample ? "sample" : "train", cell(p.doc));
  return text;
}

}  // namespace autodidact
