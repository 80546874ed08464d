// A study of corruptions in words, as a table and as numbers.
#include <fmt/format.h>

#include <cmath>

#include "results/number_text.hpp"
#include "results/response.hpp"

namespace autodidact {

namespace {

std::string spoken(const std::string& corruption) {
  std::string text = corruption;
  for (char& c : text)
    if (c == '_') c = ' ';
  return text;
}

// "2" leaves at the second strength on every dataset, "(3)" on some at the third, "-" on none; "~" not monotone.
std::string cell(const Responses& r, const std::string& measure, const std::string& corruption) {
  if (r.reactions.at(measure).at(corruption).empty()) return "";
  const std::int64_t everywhere = r.leaves_everywhere(measure, corruption);
  const std::int64_t somewhere = r.leaves_somewhere(measure, corruption);
  std::string text = everywhere > 0 ? std::to_string(everywhere) : somewhere > 0 ? fmt::format("({})", somewhere) : "-";
  if (somewhere > 0 && !r.monotone(measure, corruption)) text += "~";
  return text;
}

std::string strengths_of(const Responses& r, const std::string& corruption) {
  for (const std::string& measure : r.measures)
    for (const auto& [dataset, reaction] : r.reactions.at(measure).at(corruption)) {
      std::string text;
      for (std::size_t i = 1; i < reaction.strengths.size(); ++i)
        text += (text.empty() ? "" : ", ") + fmt::format("{:g}", reaction.strengths[i]);
      return text;
    }
  return "";
}

// Core measures that leave on every dataset, the most sensitive first.
std::string witnesses(const Responses& r, const std::string& corruption) {
  std::string text;
  for (std::int64_t level = 1; level < 100; ++level)
    for (const std::string& measure : r.measures)
      if (r.classes.at(measure) == "core" && r.leaves_everywhere(measure, corruption) == level)
        text += fmt::format("{}`{}` ({})", text.empty() ? "" : ", ", measure, level);
  return text.empty() ? "none" : text;
}

std::string blind_spots(const Responses& r, const std::string& measure) {
  std::string text;
  for (const std::string& corruption : r.corruptions)
    if (!r.reactions.at(measure).at(corruption).empty() && r.leaves_somewhere(measure, corruption) == 0)
      text += (text.empty() ? "" : ", ") + spoken(corruption);
  return text;
}

}  // namespace

std::string responses_markdown(const Responses& r) {
  std::string datasets;
  for (const std::string& name : r.datasets) datasets += (datasets.empty() ? "" : ", ") + name;
  std::string text =
      "## From which strength on a measure sees a corruption\n\nDatasets: " + datasets +
      ". A number is the first level of strength from which on the value lies outside the 95 % interval of "
      "the uncorrupted series on every dataset; in brackets, on some; - is blind on all; ~ is not "
      "monotone. Measures above the line are of class core; those without an interval are in study.csv "
      "alone.\n\n| measure |";
  for (const std::string& corruption : r.corruptions) text += " " + spoken(corruption) + " |";
  text += "\n|---|";
  for (std::size_t i = 0; i < r.corruptions.size(); ++i) text += "---|";
  text += "\n| *strengths* |";
  for (const std::string& corruption : r.corruptions) text += " *" + strengths_of(r, corruption) + "* |";
  text += "\n";
  bool core = true;
  for (const std::string& measure : r.measures) {
    if (core && r.classes.at(measure) != "core") {
      core = false;
      text += "| |" + std::string(r.corruptions.size(), '|') + "\n";
    }
    text += "| `" + measure + "` |";
    for (const std::string& corruption : r.corruptions) text += " " + cell(r, measure, corruption) + " |";
    text += "\n";
  }
  text +=
      "\n## Who sees what\n\nCore measures that leave the interval on every dataset, with the level from which on.\n\n";
  for (const std::string& corruption : r.corruptions)
    text += "- **" + spoken(corruption) + "**: " + witnesses(r, corruption) + "\n";
  text += "\n## Blind spots\n\n";
  for (const std::string& measure : r.measures)
    if (const std::string blind = blind_spots(r, measure); !blind.empty())
      text += "- `" + measure + "`: " + blind + "\n";
  return text;
}

std::string study_csv(const Table& study) {
  std::string text;
  for (const std::string& name : study.names) text += (text.empty() ? "" : ",") + name;
  text += "\n";
  for (std::size_t i = 0; i < study.rows(); ++i) {
    for (std::size_t c = 0; c < study.columns.size(); ++c) {
      if (c > 0) text += ",";
      std::visit(
          [&](const auto& values) {
            using T = typename std::decay_t<decltype(values)>::value_type;
            if constexpr (std::is_same_v<T, double>)
              text += std::isfinite(values[i]) ? fmt::format("{:.6g}", values[i]) : "";
            else
              text += fmt::format("{}", values[i]);
          },
          study.columns[c]);
    }
    text += "\n";
  }
  return text;
}

}  // namespace autodidact
