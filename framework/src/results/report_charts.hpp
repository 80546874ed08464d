// Vega-Lite specifications of the page's charts, with their data inside.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/record.hpp"

namespace autodidact {

struct ChartRun {
  std::string row;      // the method
  std::size_t colour = 0;
  Record record;        // history, samples, tokens, plots
};

// Colours of rows, in order; readable on white and distinct for colour-blind readers (Okabe and Ito).
const std::vector<std::string>& chart_colours();

// Loss curves of one stage, one line a row. `column`: total or a term all rows have.
nlohmann::json loss_chart(const std::vector<ChartRun>& runs, const std::string& stage, const std::string& column,
                          const std::string& title);
nlohmann::json series_chart(const ChartRun& run);       // real grey, generated in colour
nlohmann::json projection_chart(const ChartRun& run);   // features: real grey, generated in colour
nlohmann::json codes_chart(const ChartRun& run);        // share of each code in the test tokens, sorted

}  // namespace autodidact
