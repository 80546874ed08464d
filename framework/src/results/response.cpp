#include "results/response.hpp"

#include <algorithm>
#include <cmath>

namespace autodidact {

namespace {

template <class T>
const std::vector<T>& column(const Table& table, const char* name) {
  return std::get<std::vector<T>>(*table.find(name));
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void judge(Reaction& r) {
  const double start = r.values.front(), width = r.high - r.low;
  const auto outside = [&](double value) { return !std::isfinite(value) || value < r.low || value > r.high; };
  for (std::size_t level = r.values.size(); level-- > 1 && outside(r.values[level]);)
    r.leaves = static_cast<std::int64_t>(level);
  r.monotone = true;
  double far = 0;
  for (const double value : r.values) {
    if (!std::isfinite(value)) continue;
    const double deviation = std::abs(value - start);
    if (deviation < far - 0.5 * width) r.monotone = false;
    far = std::max(far, deviation);
  }
}

}  // namespace

std::int64_t Responses::leaves_everywhere(const std::string& measure, const std::string& corruption) const {
  std::int64_t last = 0;
  for (const auto& [dataset, reaction] : reactions.at(measure).at(corruption)) {
    if (reaction.leaves == 0) return 0;
    last = std::max(last, reaction.leaves);
  }
  return last;
}

std::int64_t Responses::leaves_somewhere(const std::string& measure, const std::string& corruption) const {
  std::int64_t first = 0;
  for (const auto& [dataset, reaction] : reactions.at(measure).at(corruption))
    if (reaction.leaves > 0) first = first == 0 ? reaction.leaves : std::min(first, reaction.leaves);
  return first;
}

bool Responses::monotone(const std::string& measure, const std::string& corruption) const {
  const auto& all = reactions.at(measure).at(corruption);
  return std::all_of(all.begin(), all.end(), [](const auto& entry) { return entry.second.monotone; });
}

Responses responses_of(const Table& study) {
  const auto &datasets = column<std::string>(study, "dataset"), &corruptions = column<std::string>(study, "corruption"),
             &measures = column<std::string>(study, "measure"), &classes = column<std::string>(study, "class");
  const auto &values = column<double>(study, "value"), &lows = column<double>(study, "low"),
             &highs = column<double>(study, "high"), &strengths = column<double>(study, "strength");
  Responses all;
  std::map<std::string, std::map<std::string, double>> start;  // [dataset][measure]
  std::vector<std::string> core, others;
  for (std::size_t i = 0; i < study.rows(); ++i) {
    add_once(all.datasets, datasets[i]);
    if (corruptions[i] == "none") {
      start[datasets[i]][measures[i]] = values[i];
      continue;
    }
    add_once(all.corruptions, corruptions[i]);
    if (!std::isfinite(lows[i]) || !std::isfinite(highs[i])) continue;  // no interval: nothing can be said
    add_once(classes[i] == "core" ? core : others, measures[i]);
    all.classes[measures[i]] = classes[i];
    Reaction& reaction = all.reactions[measures[i]][corruptions[i]][datasets[i]];
    if (reaction.values.empty()) {
      reaction.strengths = {0};
      reaction.values = {start[datasets[i]].count(measures[i]) ? start[datasets[i]][measures[i]] : NAN};
      reaction.low = lows[i];
      reaction.high = highs[i];
    }
    reaction.strengths.push_back(strengths[i]);
    reaction.values.push_back(values[i]);
  }
  all.measures = std::move(core);
  all.measures.insert(all.measures.end(), others.begin(), others.end());
  for (auto& [measure, by_corruption] : all.reactions)
    for (auto& [corruption, by_dataset] : by_corruption)
      for (auto& [dataset, reaction] : by_dataset) judge(reaction);
  // A corruption that a measure was never tried on has no entry: give every pair one.
  for (const std::string& measure : all.measures)
    for (const std::string& corruption : all.corruptions) all.reactions[measure][corruption];
  return all;
}

}  // namespace autodidact
