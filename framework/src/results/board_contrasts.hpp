// What one factor of a suite does, whatever the others are: rows that differ in it alone, compared pair by pair.
#pragma once

#include <vector>

#include "results/leaderboard.hpp"

namespace autodidact {

// Of a board whose rows and controls are known: one a value of each grid factor, against its first value in the order
// of the rows; and one a method with an objective, against its controls. None where no factor is varied.
std::vector<Contrast> contrasts_of(const std::vector<RunSummary>& runs, const Leaderboard& board);

// effect, effect_error and pairs (of rows) of the cell are those of the contrast: for each seed the mean over the pairs
// that have it, then mean and standard error over seeds. Pairs of one seed share what was trained before them, so they
// are not counted as independent.
Cell contrast_cell(const Leaderboard& board, const std::string& dataset, const Contrast& contrast,
                   const BoardColumn& column);

}  // namespace autodidact
