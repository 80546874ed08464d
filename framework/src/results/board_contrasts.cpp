#include "results/board_contrasts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "results/moments.hpp"

namespace autodidact {

namespace {

using Factors = std::map<std::string, std::string>;  // "prior.input" -> "token"

struct Row {
  std::string name, method;
  Factors factors;
};

Factors factors_of(const RunSummary& run) {
  Factors factors;
  for (const auto& [key, value] : run.config) {
    if (!key.starts_with("factor.")) continue;
    const auto* text = std::get_if<std::string>(&value);
    factors[key.substr(7)] = text ? *text : to_toml(value);
  }
  return factors;
}

// In the order of the board.
std::vector<Row> rows_of(const std::vector<RunSummary>& runs, const Leaderboard& board) {
  std::map<std::string, const RunSummary*> by_name;
  for (const RunSummary& run : runs) by_name.emplace(run.row(), &run);
  std::vector<Row> rows;
  for (const std::string& name : board.rows)
    rows.push_back({name, by_name.at(name)->method, factors_of(*by_name.at(name))});
  return rows;
}

// The row that differs from `row` in this factor alone, which has `level` there; "" if there is none.
std::string partner(const Row& row, const std::string& factor, const std::string& level, const std::vector<Row>& rows) {
  Factors wanted = row.factors;
  wanted[factor] = level;
  for (const Row& other : rows)
    if (other.method == row.method && other.factors == wanted) return other.name;
  return "";
}

void add_factor(const std::string& factor, const std::vector<Row>& rows, std::vector<Contrast>& contrasts) {
  std::vector<std::string> levels;
  for (const Row& row : rows)
    if (const auto found = row.factors.find(factor);
        found != row.factors.end() && std::count(levels.begin(), levels.end(), found->second) == 0)
      levels.push_back(found->second);
  for (std::size_t i = 1; i < levels.size(); ++i) {
    Contrast contrast{factor + ": " + levels.front() + " → " + levels[i], {}};
    for (const Row& row : rows) {
      const auto found = row.factors.find(factor);
      if (found == row.factors.end() || found->second != levels[i]) continue;
      if (const std::string from = partner(row, factor, levels.front(), rows); !from.empty())
        contrast.pairs.emplace_back(from, row.name);
    }
    if (!contrast.pairs.empty()) contrasts.push_back(std::move(contrast));
  }
}

void add_objectives(const std::vector<Row>& rows, const Leaderboard& board, std::vector<Contrast>& contrasts) {
  std::vector<std::string> methods;
  for (const Row& row : rows)
    if (!board.control_of(row.name).empty() && std::count(methods.begin(), methods.end(), row.method) == 0)
      methods.push_back(row.method);
  for (const std::string& method : methods) {
    Contrast contrast{"control → " + method, {}};
    for (const Row& row : rows)
      if (row.method == method && !board.control_of(row.name).empty())
        contrast.pairs.emplace_back(board.control_of(row.name), row.name);
    if (contrast.pairs.size() > 1) contrasts.push_back(std::move(contrast));  // one pair has its own line
  }
}

}  // namespace

std::vector<Contrast> contrasts_of(const std::vector<RunSummary>& runs, const Leaderboard& board) {
  const std::vector<Row> rows = rows_of(runs, board);
  std::set<std::string> factors;
  for (const Row& row : rows)
    for (const auto& [factor, level] : row.factors) factors.insert(factor);
  std::vector<Contrast> contrasts;
  for (const std::string& factor : factors) add_factor(factor, rows, contrasts);
  if (!contrasts.empty()) add_objectives(rows, board, contrasts);
  return contrasts;
}

Cell contrast_cell(const Leaderboard& board, const std::string& dataset, const Contrast& contrast,
                   const BoardColumn& column) {
  std::map<std::int64_t, std::vector<double>> by_seed;
  Cell cell;
  for (const auto& [from, to] : contrast.pairs) {
    const Cell &before = board.cell(dataset, from, column), &after = board.cell(dataset, to, column);
    bool any = false;
    for (const auto& [seed, value] : after.values)
      if (const auto other = before.values.find(seed); other != before.values.end()) {
        by_seed[seed].push_back(value - other->second);
        any = true;
      }
    cell.pairs += any;
  }
  std::vector<double> means;
  for (const auto& [seed, differences] : by_seed) means.push_back(moments(differences).mean);
  const Moments all = moments(means);
  cell.effect = all.mean;
  cell.effect_error = means.size() > 1 ? all.std / std::sqrt(static_cast<double>(means.size()))
                                       : std::numeric_limits<double>::quiet_NaN();
  return cell;
}

}  // namespace autodidact
