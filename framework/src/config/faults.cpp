#include "config/faults.hpp"

#include <algorithm>
#include <tuple>

#include "config/run.hpp"

namespace autodidact {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

ConfigErrors::ConfigErrors(std::vector<std::string> lines)
    : std::runtime_error(joined(lines)), lines_(std::move(lines)) {}

void Faults::add(const Where& where, const std::string& key, const std::string& what) {
  const std::string text = where.text() + ": " + (key.empty() ? "" : key + ": ") + what;
  for (const Entry& entry : entries_)
    if (entry.text == text) return;
  const auto file = std::find(files_.begin(), files_.end(), where.file);
  const auto index = static_cast<std::size_t>(file - files_.begin());
  if (file == files_.end()) files_.push_back(where.file);
  entries_.push_back({index, where.line, text});
}

void Faults::raise() const {
  if (!any()) return;
  std::vector<Entry> sorted = entries_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Entry& a, const Entry& b) { return std::tie(a.file, a.line) < std::tie(b.file, b.line); });
  std::vector<std::string> lines;
  for (Entry& entry : sorted) lines.push_back(std::move(entry.text));
  throw ConfigErrors(std::move(lines));
}

void Notes::add(const std::string& note) {
  if (std::find(lines.begin(), lines.end(), note) == lines.end()) lines.push_back(note);
}

}  // namespace autodidact
