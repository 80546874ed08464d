#include "results/board_rows.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace autodidact {

namespace {

bool has_objective(const RunSummary& run) { return !run.text("objective").empty() && run.text("objective") != "none"; }

bool augmented(const RunSummary& run) {
  const std::string augmentation = run.text("augmentation");
  return !augmentation.empty() && augmentation != "none";
}

// Number of grid factors two runs share; -1 if the control has one with another value or one the row lacks.
int shared_factors(const RunSummary& control, const RunSummary& run) {
  int shared = 0;
  for (const auto& [key, value] : control.config) {
    if (!key.starts_with("factor.")) continue;
    const auto other = run.config.find(key);
    if (other == run.config.end() || !(other->second == value)) return -1;
    ++shared;
  }
  return shared;
}

// The row without objective that has the same tokenizer, prior, augmentation and weight of the second branch. A factor
// of the grid that only the objective knows does not keep the two apart.
std::string control_for(const RunSummary& run, const std::map<std::string, const RunSummary*>& rows) {
  std::string best;
  int most = -1;
  for (const auto& [name, other] : rows) {
    if (has_objective(*other) || !augmented(*other)) continue;
    const auto same = [&](const char* key) { return other->text(key) == run.text(key); };
    if (!same("tokenizer") || !same("prior") || !same("augmentation")) continue;
    const auto rho = [](const RunSummary& r) {
      const auto found = r.config.find("ssl.rho");
      return found == r.config.end() ? Value(0.0) : found->second;
    };
    if (!(rho(*other) == rho(run))) continue;
    const int shared = shared_factors(*other, run);
    if (shared > most) std::tie(best, most) = std::tuple(name, shared);
  }
  return best;
}

}  // namespace

void arrange_rows(const std::vector<RunSummary>& runs, Leaderboard& board) {
  std::map<std::string, const RunSummary*> rows;  // a run of each
  std::map<std::string, std::int64_t> row_order, dataset_order;
  std::set<std::int64_t> seeds;
  std::set<std::string> suites;
  const auto lower = [](std::int64_t& order, std::int64_t value) { order = std::min(order, value); };
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  for (const RunSummary& run : runs) {
    rows.emplace(run.row(), &run);
    lower(row_order.emplace(run.row(), last).first->second, run.order);
    lower(dataset_order.emplace(run.dataset, last).first->second, run.order);
    seeds.insert(run.seed);
    suites.insert(run.suite);
  }
  board.suite = suites.size() == 1 ? *suites.begin() : "";
  board.seeds.assign(seeds.begin(), seeds.end());
  for (const auto& [name, run] : rows)
    if (has_objective(*run) && augmented(*run))
      if (const std::string control = control_for(*run, rows); !control.empty()) board.controls[name] = control;
  for (const auto& [name, run] : rows) board.rows.push_back(name);
  const auto place = [&](const std::string& row) {
    return std::tuple(row_order[row], has_objective(*rows[row]) ? 2 : augmented(*rows[row]) ? 1 : 0, row);
  };
  std::sort(board.rows.begin(), board.rows.end(),
            [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
  for (const auto& [name, order] : dataset_order) board.datasets.push_back(name);
  std::stable_sort(board.datasets.begin(), board.datasets.end(),
                   [&](const std::string& a, const std::string& b) { return dataset_order[a] < dataset_order[b]; });
}

std::vector<Trouble> troubles_of(const Leaderboard& board, const std::string& dataset) {
  std::vector<Trouble> troubles;
  const auto add = [&](const std::string& row, const std::string& what, bool degraded) {
    const auto found = std::find_if(troubles.begin(), troubles.end(), [&](const Trouble& t) { return t.what == what; });
    if (found == troubles.end())
      troubles.push_back({what, row, degraded});
    else
      found->rows += ", " + row;
  };
  const auto count = [](std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  for (const std::string& row : board.rows) {
    if (board.columns.empty()) break;
    const Cell& any = board.cell(dataset, row, board.columns.front());  // runs fail and miss as a whole
    if (any.failed > 0) add(row, count(any.failed, "run") + " failed: " + any.reason, false);
    if (any.missing > 0) add(row, count(any.missing, "seed") + " without a record", false);
  }
  for (const BoardColumn& column : board.columns)
    for (const std::string& row : board.rows) {
      const Cell& cell = board.cell(dataset, row, column);
      if (cell.undefined + cell.degraded == 0 || cell.note.empty()) continue;
      add(row, column.title + (cell.undefined > 0 ? " undefined: " : " degraded: ") + cell.note, cell.undefined == 0);
    }
  return troubles;
}

}  // namespace autodidact
