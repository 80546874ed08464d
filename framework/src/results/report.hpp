// The page: one HTML file, offline, no server. The table with floors and the control, loss curves, real and generated series
// over each other, a projection of features, code usage. Charts are Vega-Lite specifications with their data inline.
#pragma once

#include <string>

#include "results/leaderboard.hpp"

namespace autodidact {

// Reads what the charts need (history, samples, tokens, plots/) from the runs' files, for each dataset and row of the
// lowest seed.
std::string report_page(const Folder& folder, const Board& board);

}  // namespace autodidact
