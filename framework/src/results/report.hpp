// The page: one HTML file, offline, no server. The table with floors and the control, loss curves, real and generated
// series over each other, a projection of features, code usage. Charts are Vega-Lite specifications with their data
// inline.
#pragma once

#include <string>

#include "results/leaderboard.hpp"

namespace autodidact {

// Reads what the charts need (history, samples, tokens, plots/) from the runs' files, for each dataset and row of the
// lowest seed. A policy inside the page forbids it to fetch anything, whatever a record holds.
std::string report_page(const Folder& folder, const Leaderboard& board);

}  // namespace autodidact
