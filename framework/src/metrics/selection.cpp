// Which measures are wanted.
#include <algorithm>
#include <sstream>

#include "autodidact/plugin/error.hpp"
#include "config/suggest.hpp"
#include "metrics/measure.hpp"
#include "metrics/report.hpp"

namespace autodidact {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::string stem_of(const std::string& name) { return name.ends_with("/*") ? name.substr(0, name.size() - 2) : name; }

// Rows of the table that a word means: a row itself, all below "knn/*", or one measurement of a row with a star.
std::vector<std::string> rows_of(const std::string& word) {
  std::vector<std::string> rows;
  const std::string stem = stem_of(word);
  for (const MeasureInfo& info : measure_table()) {
    const std::string own = stem_of(info.name);
    const bool below = word != stem && own.starts_with(stem + "/");
    const bool one_of = own != info.name && word.starts_with(own + "/");
    if (own == stem || below || one_of) rows.push_back(info.name);
  }
  return rows;
}

}  // namespace

Selection::Selection(const std::string& text) {
  for (const char* level : {"core", "extended", "all"})
    if (trimmed(text) == level) level_ = level;
  if (!level_.empty()) return;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    word = trimmed(word);
    const std::vector<std::string> rows = rows_of(word);
    if (rows.empty()) {
      std::vector<std::string> known = {"core", "extended", "all"};
      for (const MeasureInfo& info : measure_table()) known.push_back(stem_of(info.name));
      throw ConfigError("evaluation: '" + word + "' is no measure" + hint(word, known) +
                        "; expected core, extended, all, or names of `list measures` with commas between");
    }
    names_.insert(names_.end(), rows.begin(), rows.end());
  }
  if (names_.empty())
    throw ConfigError("evaluation: nothing is named; expected core, extended, all, or names of `list measures`");
}

bool Selection::wants(const std::string& name) const {
  const MeasureInfo& info = measure_info(name);
  if (level_ == "all") return true;
  if (level_.empty()) return std::count(names_.begin(), names_.end(), info.name) > 0;
  return !info.trained && (level_ == "extended" || info.rank_class != "extended");
}

bool Selection::wants_any(const std::vector<std::string>& names) const {
  return std::any_of(names.begin(), names.end(), [this](const std::string& name) { return wants(name); });
}

}  // namespace autodidact
