#include "config/faults.hpp"

#include <algorithm>

#include "config/run.hpp"

namespace autodidact {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

void add_once(std::vector<std::string>& lines, const std::string& line) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
}

}  // namespace

ConfigErrors::ConfigErrors(std::vector<std::string> lines)
    : std::runtime_error(joined(lines)), lines_(std::move(lines)) {}

void Faults::add(const Where& where, const std::string& key, const std::string& what) {
  add_once(lines_, where.text() + ": " + (key.empty() ? "" : key + ": ") + what);
}

void Faults::raise() const {
  if (any()) throw ConfigErrors(lines_);
}

void Notes::add(const std::string& note) { add_once(lines, note); }

}  // namespace autodidact
