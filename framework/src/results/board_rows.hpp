// Which rows a leaderboard has, in which order, and which of them is whose control.
#pragma once

#include <vector>

#include "results/leaderboard.hpp"

namespace autodidact {

// Fills suite, datasets, rows, seeds and controls. Rows stand in the order of the plan; where records do not tell it,
// plain tokenizers first, then controls, then rows with an objective.
void arrange_rows(const std::vector<RunSummary>& runs, Leaderboard& board);

}  // namespace autodidact
