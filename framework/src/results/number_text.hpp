// Numbers as tables show them.
#pragma once

#include <string>

#include "results/leaderboard.hpp"

namespace autodidact {

// "0.0981", "21.3", "1.2e-05": about three significant digits; "-" where there is no number.
std::string short_number(double value);

// Equal decimals for all cells of one column of one dataset, so that points stand below each other: two digits of the
// deviation, or three of the mean where there is one seed only.
class ColumnFormat {
 public:
  ColumnFormat(const Leaderboard& board, const std::string& dataset, const BoardColumn& column);
  std::string value(double v) const;       // scaled; "-" where there is no number
  std::string difference(double v) const;  // with its sign
  std::string floor(double v) const;       // with more digits where it is far below the cells

 private:
  double scale_;
  int decimals_ = 3;
  bool scientific_ = false;
};

std::string column_title(const BoardColumn& column);  // "SVM % ↑"
// "failed", "missing", "undefined", or "-" (a measure that does not apply) of a cell without a value; "" if it has one.
std::string absent_text(const Cell& cell);
// " (1 of 2)" where a seed is failed, missing or undefined; "" otherwise.
std::string count_text(const Cell& cell);

}  // namespace autodidact
