// The page's tables and cards.
#pragma once

#include <string>

#include "results/leaderboard.hpp"

namespace autodidact {

std::string row_dot(const Leaderboard& board, const std::string& row);  // the colour a row has in every chart
std::size_t row_colour(const Leaderboard& board, const std::string& row);

// Who is best at separating classes, generating and reconstructing, by how much, and what the floor is.
std::string winner_cards(const Leaderboard& board, const std::string& dataset);
std::string dataset_table(const Leaderboard& board, const std::string& dataset);
std::string rank_table(const Leaderboard& board);
// Every measure as a row, every method as a column.
std::string measure_table_html(const Leaderboard& all, const std::string& dataset);
// Failed runs, undefined and degraded values of the dataset with their reasons; "" if there are none.
std::string troubles_html(const Leaderboard& board, const std::string& dataset);

}  // namespace autodidact
