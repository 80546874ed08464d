#include "results/leaderboard.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace autodidact {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct View {
  const char* measure;
  const char* title;
};
// The default columns: how well it reconstructs, uses its codes, separates classes, predicts tokens, generates; the price.
constexpr View kDefault[] = {{"mse", "MSE"},
                             {"perplexity", "perplexity"},
                             {"svm/quantised/avg", "SVM"},
                             {"knn/quantised/avg", "5-NN"},
                             {"svm/continuous/avgmax", "SVM cont."},
                             {"nll_masked/0.50", "NLL 50%"},
                             {"fid_fcn", "FID"},
                             {"fid_rocket", "FID rocket"},
                             {"is", "IS"},
                             {"coverage", "coverage"},
                             {"cost/tokenizer/seconds", "stage 1 s"}};

// Measures with one token stream carry its name as a suffix; the view names the plain one.
const StoredMeasure* find_measure(const RunSummary& run, const std::string& name) {
  const auto found = run.measures.find(name);
  return found == run.measures.end() ? nullptr : &found->second;
}

double cost_of(const RunSummary& run, const std::string& measure) {
  const auto found = run.cost.find(measure.substr(5));
  return found == run.cost.end() ? kNone : found->second;
}

struct Moments {
  double mean = kNone, std = kNone;
};
Moments moments(const std::vector<double>& values) {
  Moments m;
  if (values.empty()) return m;
  double sum = 0;
  for (const double v : values) sum += v;
  m.mean = sum / static_cast<double>(values.size());
  if (values.size() < 2) return m;
  double squares = 0;
  for (const double v : values) squares += (v - m.mean) * (v - m.mean);
  m.std = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return m;
}

Cell make_cell(const std::vector<const RunSummary*>& runs, const BoardColumn& column) {
  Cell cell;
  std::vector<double> values, floors, at_floors;
  for (const RunSummary* run : runs) {
    if (run->status != "ok") {
      ++cell.failed;
      if (cell.reason.empty()) cell.reason = run->reason;
      continue;
    }
    ++cell.seeds;
    double value = kNone;
    if (column.measure.starts_with("cost/")) {
      value = cost_of(*run, column.measure);
    } else if (const StoredMeasure* m = find_measure(*run, column.measure);
               m && m->version == column.version && m->status != "undefined") {
      value = m->value;
      if (std::isfinite(m->floor)) floors.push_back(m->floor);
      if (std::isfinite(m->value_at_floor)) at_floors.push_back(m->value_at_floor);
    }
    if (!std::isfinite(value)) {
      ++cell.undefined;
      continue;
    }
    values.push_back(value);
    cell.values[run->seed] = value;
  }
  const Moments m = moments(values);
  cell.mean = m.mean;
  cell.std = m.std;
  cell.floor = moments(floors).mean;
  cell.at_floor = moments(at_floors).mean;
  cell.effect = cell.effect_error = kNone;
  return cell;
}

void add_effect(Cell& cell, const Cell& control) {
  std::vector<double> differences;
  for (const auto& [seed, value] : cell.values)
    if (const auto other = control.values.find(seed); other != control.values.end())
      differences.push_back(value - other->second);
  const Moments m = moments(differences);
  cell.pairs = differences.size();
  cell.effect = m.mean;
  cell.effect_error = m.std / std::sqrt(static_cast<double>(std::max<std::size_t>(1, differences.size())));
}

// The control: no objective, but the augmented branch.
std::string find_control(const std::vector<RunSummary>& runs) {
  const auto text = [](const RunSummary& run, const char* key) {
    const auto found = run.config.find(key);
    const auto* value = found == run.config.end() ? nullptr : std::get_if<std::string>(&found->second);
    return value ? *value : std::string();
  };
  for (const RunSummary& run : runs)
    if (text(run, "objective") == "none" && !text(run, "augmentation").empty() && text(run, "augmentation") != "none")
      return run.row();
  return "";
}

std::vector<BoardColumn> choose_columns(const std::vector<RunSummary>& runs, const std::vector<std::string>& asked,
                                        std::vector<std::string>& notes) {
  std::vector<View> views;
  if (asked.empty()) views.assign(std::begin(kDefault), std::end(kDefault));
  for (const std::string& name : asked) views.push_back({name.c_str(), name.c_str()});
  std::vector<BoardColumn> columns;
  for (const View& view : views) {
    BoardColumn column{view.measure, view.title, "", "none", 0};
    std::set<std::int64_t> versions;
    for (const RunSummary& run : runs) {
      if (const StoredMeasure* m = find_measure(run, view.measure)) {
        versions.insert(m->version);
        column.unit = m->unit;
        column.direction = m->direction;
      }
    }
    if (column.measure.starts_with("cost/")) {
      column.direction = "lower";
      column.unit = column.measure.ends_with("seconds") ? "s" : "";
    } else if (versions.empty()) {
      continue;
    } else {
      column.version = *versions.rbegin();
      if (versions.size() > 1)
        notes.push_back("'" + column.measure + "' occurs in several versions; only version " +
                        std::to_string(column.version) + " is shown. `autodidact score` measures old records anew");
    }
    columns.push_back(column);
  }
  return columns;
}

// Ranks of one dataset: 1 is best, ties share their mean rank, cells without a value share the last ranks.
void add_ranks(Board& board, const std::string& dataset, const BoardColumn& column) {
  if (column.direction != "lower" && column.direction != "higher") return;
  const double sign = column.direction == "lower" ? 1.0 : -1.0;
  std::vector<std::pair<double, std::string>> order;
  for (const std::string& row : board.rows) {
    const Cell& cell = board.cells[dataset][row][column.measure];
    const bool whole = std::isfinite(cell.mean) && cell.failed == 0 && cell.undefined == 0;
    order.emplace_back(whole ? sign * cell.mean : std::numeric_limits<double>::infinity(), row);
  }
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && order[j].first == order[i].first) ++j;
    for (std::size_t k = i; k < j; ++k)
      board.ranks[order[k].second][column.measure] += 0.5 * static_cast<double>(i + 1 + j);
    i = j;
  }
}

}  // namespace

std::vector<std::string> all_measures(const std::vector<RunSummary>& runs) {
  std::set<std::string> names;
  for (const RunSummary& run : runs)
    for (const auto& [name, m] : run.measures) names.insert(name);
  return {names.begin(), names.end()};
}

Board make_board(const std::vector<RunSummary>& runs, const std::vector<std::string>& measures) {
  Board board;
  board.columns = choose_columns(runs, measures, board.notes);
  board.control = find_control(runs);
  std::map<std::string, std::map<std::string, std::vector<const RunSummary*>>> groups;
  std::vector<std::pair<std::string, std::string>> order;  // (position in the suite, row)
  for (const RunSummary& run : runs) {
    if (std::find(board.datasets.begin(), board.datasets.end(), run.dataset) == board.datasets.end())
      board.datasets.push_back(run.dataset);
    if (std::find(board.rows.begin(), board.rows.end(), run.row()) == board.rows.end()) board.rows.push_back(run.row());
    groups[run.dataset][run.row()].push_back(&run);
  }
  // The control and what it is compared with read best in this order: plain, control, the rest.
  std::stable_sort(board.rows.begin(), board.rows.end(), [&](const std::string& a, const std::string& b) {
    const auto place = [&](const std::string& row) {
      if (row == board.control) return 1;
      return !board.control.empty() && board.control.starts_with(row) ? 0 : 2;
    };
    return place(a) < place(b);
  });
  for (const std::string& dataset : board.datasets) {
    for (const BoardColumn& column : board.columns) {
      for (const std::string& row : board.rows)
        board.cells[dataset][row][column.measure] = make_cell(groups[dataset][row], column);
      if (!board.control.empty())
        for (const std::string& row : board.rows)
          if (row != board.control)
            add_effect(board.cells[dataset][row][column.measure], board.cells[dataset][board.control][column.measure]);
      if (board.rows.size() > 1) add_ranks(board, dataset, column);
    }
  }
  for (auto& [row, by_measure] : board.ranks)
    for (auto& [measure, rank] : by_measure) rank /= static_cast<double>(board.datasets.size());
  return board;
}

}  // namespace autodidact
