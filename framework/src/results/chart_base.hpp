// What all charts share.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "results/report_charts.hpp"

namespace autodidact {

inline constexpr const char* kRealColour = "#8d949b";

const std::string& colour_of(const ChartRun& run);
// A specification with size, title and the common look.
nlohmann::json chart_base(int width, int height, const std::string& title);
// A quantitative channel; an empty title is none.
nlohmann::json channel(const std::string& field, const std::string& title, bool zero = false);
// Four significant digits, so that the page stays small; null where there is no number.
nlohmann::json rounded(double value);
// Grey for "real", the row's colour for "generated"; without a legend, the text above the charts says it.
nlohmann::json real_or_generated(const ChartRun& run);

}  // namespace autodidact
