#include "config/suggest.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace autodidact {
namespace {

std::string folded(const std::string& text) {
  std::string result;
  for (const char c : text)
    if (c != '_' && c != '-') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// Letters put in, left out, replaced, or exchanged with their neighbour.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> above(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), row[j] + 1, next[j - 1] + 1});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) next[j] = std::min(next[j], above[j - 2] + 1);
    }
    std::swap(above, row);
    std::swap(row, next);
  }
  return row.back();
}

}  // namespace

std::vector<std::string> similar_names(const std::string& word, const std::vector<std::string>& names,
                                       std::size_t count) {
  const std::string wanted = folded(word);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : names) {
    const std::string candidate = folded(name);
    const bool part = wanted.size() >= 3 && candidate.find(wanted) != std::string::npos;
    const std::size_t distance = part ? 1 : edit_distance(wanted, candidate);
    if (2 * distance <= std::max(wanted.size(), candidate.size())) ranked.emplace_back(distance, name);
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
  // Next to a near name, far ones are noise.
  std::erase_if(
      ranked, [best = ranked.empty() ? 0 : ranked.front().first](const auto& entry) { return entry.first > best + 1; });
  if (ranked.size() > count) ranked.resize(count);
  std::vector<std::string> result;
  for (auto& entry : ranked) result.push_back(std::move(entry.second));
  return result;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& names, std::size_t count) {
  const std::vector<std::string> near = similar_names(word, names, count);
  if (near.empty()) return "";
  std::string text = "did you mean ";
  for (std::size_t i = 0; i < near.size(); ++i)
    text += (i == 0 ? "'" : i + 1 == near.size() ? " or '" : ", '") + near[i] + "'";
  return text + "?";
}

std::string there_are(const std::string& word, const std::vector<std::string>& names) {
  const std::string near = did_you_mean(word, names);
  return near.empty() ? "there are" : near + " There are";
}

std::string hint(const std::string& word, const std::vector<std::string>& names) {
  const std::string text = did_you_mean(word, names);
  return text.empty() ? "" : "; " + text;
}

}  // namespace autodidact
