// Vega-Lite specifications of the page's charts, with their data inside. Null where a record lacks what a chart needs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/leaderboard.hpp"

namespace autodidact {

struct ChartRun {
  std::string row;  // the method
  std::size_t colour = 0;
  Record record;  // history, samples, tokens, plots
};

// Colours of rows, in order; readable on white and distinct for colour-blind readers (Okabe and Ito).
const std::vector<std::string>& chart_colours();

nlohmann::json seeds_chart(const Leaderboard& board, const std::string& dataset);  // one panel a measure
std::vector<nlohmann::json> training_charts(const std::vector<ChartRun>& runs);    // one line a row
nlohmann::json series_chart(const ChartRun& run);                                  // real grey, generated in colour
nlohmann::json pairs_chart(const ChartRun& run);       // single samples over their nearest real series
nlohmann::json projection_chart(const ChartRun& run);  // features: real grey, generated in colour
nlohmann::json codes_chart(const ChartRun& run);       // share of each code in the test tokens, sorted

}  // namespace autodidact
