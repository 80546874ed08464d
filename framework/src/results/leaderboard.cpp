#include "results/leaderboard.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "results/board_contrasts.hpp"
#include "results/board_rows.hpp"
#include "results/moments.hpp"

namespace autodidact {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The default columns: how well it reconstructs, uses its codes, separates classes, predicts tokens, generates; the
// price.
std::vector<BoardColumn> default_columns() {
  const auto column = [](const char* group, const char* measure, const char* title, const char* about) {
    return BoardColumn{measure, title, about, "", "none", group};
  };
  const char *tokenizer = "tokenizer", *generation = "generation";
  return {
      column(tokenizer, "mse", "MSE", "mean squared error of reconstructed test series, in scaled units"),
      column(tokenizer, "perplexity", "perplexity", "exp of the entropy of the codes over the test set: codes in use"),
      column(tokenizer, "svm/quantised/avg", "SVM",
             "test accuracy of a linear SVM on average-pooled quantised latents"),
      column(tokenizer, "knn/quantised/avg", "5-NN", "test accuracy of 5 nearest neighbours on the same features"),
      column(tokenizer, "svm/continuous/avgmax", "SVM cont.",
             "test accuracy of a linear SVM on average- and maximum-pooled continuous latents"),
      column(tokenizer, "cost/tokenizer/seconds", "train s", "seconds of training the tokenizer"),
      column(generation, "nll_masked/0.50", "NLL",
             "nats per masked test token, half of the tokens masked; tokens of "
             "different tokenizers do not compare, so it has no rank"),
      column(generation, "nll_exact", "NLL series",
             "nats per test series, tokens predicted one after another; of one tokenizer only, so it has no rank"),
      column(generation, "fid_fcn", "FID", "Frechet distance to real test on features of a supervised network"),
      column(generation, "fid_rocket", "FID rocket", "Frechet distance to real test on fixed ROCKET features"),
      column(generation, "is", "IS", "inception score; its floor is that of real test series"),
      column(generation, "coverage", "coverage", "share of real test series with a sample in their 5-NN ball"),
      column(generation, "conditional_accuracy", "class",
             "share of conditional samples that a network trained on real series takes for their class"),
      column(generation, "cas", "CAS",
             "test accuracy of classifiers trained on conditional samples; floor: on real train"),
      column(generation, "copy_share", "copies", "share of samples that lie at a training series"),
      column(generation, "cost/prior/seconds", "train s", "seconds of training the prior")};
}

double cost_of(const RunSummary& run, const std::string& measure) {
  const auto found = run.cost.find(measure.substr(5));
  return found == run.cost.end() ? kNone : found->second;
}

class CellMaker {
 public:
  explicit CellMaker(const BoardColumn& column) : column_(column) {}

  void add(const RunSummary& run) {
    if (run.status != "ok") {
      ++cell_.failed;
      if (cell_.reason.empty()) cell_.reason = run.reason.empty() ? "status " + run.status : run.reason;
      return;
    }
    ++cell_.seeds;
    if (column_.measure.starts_with("cost/")) return take(run.seed, cost_of(run, column_.measure), "");
    const auto found = run.measures.find(column_.measure);
    if (found == run.measures.end()) return take(run.seed, kNone, "");
    const StoredMeasure& m = found->second;
    if (m.version != column_.version) return take(run.seed, kNone, "measured in version " + std::to_string(m.version));
    if (m.status == "undefined") return take(run.seed, kNone, m.note.empty() ? "no reason given" : m.note);
    if (m.status == "degraded") {
      ++cell_.degraded;
      note(m.note);
    }
    if (std::isfinite(m.floor)) floors_.push_back(m.floor);
    if (std::isfinite(m.value_at_floor)) at_floors_.push_back(m.value_at_floor);
    if (std::isfinite(m.low)) lows_.push_back(m.low);
    if (std::isfinite(m.high)) highs_.push_back(m.high);
    if (std::isfinite(m.unigram)) unigrams_.push_back(m.unigram);
    if (cell_.values.empty())
      std::tie(cell_.n_real, cell_.n_gen, cell_.n_floor) = std::tie(m.n_real, m.n_gen, m.n_floor);
    take(run.seed, m.value, "value is not finite");
  }

  Cell finish(std::size_t seeds_of_dataset) {
    std::vector<double> values;
    for (const auto& [seed, value] : cell_.values) values.push_back(value);
    const Moments m = moments(values);
    cell_.mean = m.mean;
    cell_.std = m.std;
    cell_.floor = moments(floors_).mean;
    cell_.at_floor = moments(at_floors_).mean;
    cell_.low = moments(lows_).mean;
    cell_.high = moments(highs_).mean;
    cell_.unigram = moments(unigrams_).mean;
    cell_.effect = cell_.effect_error = kNone;
    const std::size_t have = cell_.seeds + cell_.failed;
    cell_.missing = seeds_of_dataset > have ? seeds_of_dataset - have : 0;
    return cell_;
  }

 private:
  void note(const std::string& text) {
    if (cell_.note.empty()) cell_.note = text;
  }
  void take(std::int64_t seed, double value, const std::string& otherwise) {
    if (std::isfinite(value)) {
      cell_.values[seed] = value;
    } else {
      ++cell_.undefined;
      note(otherwise);
    }
  }

  const BoardColumn& column_;
  Cell cell_;
  std::vector<double> floors_, at_floors_, lows_, highs_, unigrams_;
};

void add_effect(Cell& cell, const Cell& control) {
  std::vector<double> differences;
  for (const auto& [seed, value] : cell.values)
    if (const auto other = control.values.find(seed); other != control.values.end())
      differences.push_back(value - other->second);
  const Moments m = moments(differences);
  cell.pairs = differences.size();
  cell.effect = m.mean;
  if (cell.pairs > 1) cell.effect_error = m.std / std::sqrt(static_cast<double>(cell.pairs));
}

// The columns that occur in the runs, each with unit, direction and the newest version found.
std::vector<BoardColumn> choose_columns(const std::vector<RunSummary>& runs, const std::vector<std::string>& asked,
                                        std::vector<std::string>& notes) {
  std::vector<BoardColumn> columns, chosen;
  if (asked.empty()) columns = default_columns();
  for (const std::string& name : asked) columns.push_back({name, name, "", "", "none", ""});
  for (BoardColumn& column : columns) {
    std::set<std::int64_t> versions;
    const bool cost = column.measure.starts_with("cost/");
    for (const RunSummary& run : runs) {
      if (cost && std::isfinite(cost_of(run, column.measure))) versions.insert(1);
      const auto found = run.measures.find(column.measure);
      if (found == run.measures.end()) continue;
      if (versions.empty() || found->second.version > *versions.rbegin()) {
        column.unit = found->second.unit;
        column.direction = found->second.direction;
      }
      versions.insert(found->second.version);
    }
    if (versions.empty()) continue;
    if (cost && column.measure.ends_with("/seconds")) column.unit = "s";  // a price, and no rank for it
    column.version = *versions.rbegin();
    // What a token tells depends on its tokenizer: one that says nothing is predicted best.
    const bool per_token = column.measure.starts_with("nll_") || column.measure.starts_with("masked_accuracy");
    column.ranked = !cost && !per_token && (column.direction == "lower" || column.direction == "higher");
    if (versions.size() > 1)
      notes.push_back("'" + column.measure + "' occurs in several versions; only version " +
                      std::to_string(column.version) + " counts. `autodidact score` measures old records anew");
    chosen.push_back(column);
  }
  return chosen;
}

// Means in the order best first; cells that are not whole have no place in it.
std::vector<std::pair<double, Cell*>> order_of(const std::vector<Cell*>& cells, const std::string& direction) {
  std::vector<std::pair<double, Cell*>> order;
  for (Cell* cell : cells)
    order.emplace_back(
        cell->whole() ? (direction == "lower" ? cell->mean : -cell->mean) : std::numeric_limits<double>::infinity(),
        cell);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return order;
}

// Adds this dataset's ranks: 1 is best, ties share their mean rank, cells that are not whole share the last ranks.
// Returns false where no cell is whole: such a dataset says nothing about the order.
bool add_ranks(Leaderboard& board, const std::string& dataset, const BoardColumn& column) {
  std::vector<Cell*> cells;
  std::map<const Cell*, std::string> row_of;
  for (const std::string& row : board.rows) {
    cells.push_back(&board.cells[dataset][row][column.measure]);
    row_of[cells.back()] = row;
  }
  const auto order = order_of(cells, column.direction);
  if (!order.front().second->whole()) return false;
  const Cell& best = *order.front().second;
  const auto last = std::find_if(order.rbegin(), order.rend(), [](const auto& place) { return place.second->whole(); });
  const bool all_equal = last->first == order.front().first && last->second != order.front().second;
  for (const auto& [place, cell] : order) {
    if (!cell->whole() || all_equal) break;
    const double deviation = std::fmax(best.std, cell->std);  // fmax: NaN only if both are
    if (cell->mean == best.mean)
      cell->standing = Standing::best;
    else if (std::fabs(cell->mean - best.mean) < 2 * deviation || (cell->low <= best.high && best.low <= cell->high))
      cell->standing = Standing::tied;
  }
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && order[j].first == order[i].first) ++j;
    for (std::size_t k = i; k < j; ++k)
      board.ranks[row_of[order[k].second]][column.measure] += 0.5 * static_cast<double>(i + 1 + j);
    i = j;
  }
  return true;
}

void rank_all(Leaderboard& board) {
  if (board.rows.size() < 2) return;
  for (const BoardColumn& column : board.columns) {
    if (!column.ranked) continue;
    std::size_t datasets = 0;
    for (const std::string& dataset : board.datasets) datasets += add_ranks(board, dataset, column);
    if (datasets == 0) continue;
    for (const std::string& row : board.rows) board.ranks[row][column.measure] /= static_cast<double>(datasets);
  }
}

}  // namespace

const Cell& Leaderboard::cell(const std::string& dataset, const std::string& row, const BoardColumn& column) const {
  return cells.at(dataset).at(row).at(column.measure);
}

bool Leaderboard::is_control(const std::string& row) const {
  return std::any_of(controls.begin(), controls.end(), [&](const auto& pair) { return pair.second == row; });
}

std::string Leaderboard::control_of(const std::string& row) const {
  const auto found = controls.find(row);
  return found == controls.end() ? "" : found->second;
}

double Leaderboard::floor(const std::string& dataset, const BoardColumn& column) const {
  std::vector<double> floors;
  for (const std::string& row : rows)
    if (const double f = cell(dataset, row, column).floor; std::isfinite(f)) floors.push_back(f);
  return moments(floors).mean;
}

std::vector<std::string> all_measures(const std::vector<RunSummary>& runs) {
  std::set<std::string> measures, costs;
  for (const RunSummary& run : runs) {
    for (const auto& [name, m] : run.measures) measures.insert(name);
    for (const auto& [name, cost] : run.cost) costs.insert("cost/" + name);
  }
  std::vector<std::string> names(measures.begin(), measures.end());
  names.insert(names.end(), costs.begin(), costs.end());
  return names;
}

Leaderboard make_leaderboard(const std::vector<RunSummary>& runs, const std::vector<std::string>& measures) {
  Leaderboard board;
  board.columns = choose_columns(runs, measures, board.notes);
  arrange_rows(runs, board);
  board.contrasts = contrasts_of(runs, board);
  std::map<std::string, std::map<std::string, std::vector<const RunSummary*>>> groups;
  std::map<std::string, std::set<std::int64_t>> seeds;
  for (const RunSummary& run : runs) {
    groups[run.dataset][run.row()].push_back(&run);
    seeds[run.dataset].insert(run.seed);
  }
  for (const std::string& dataset : board.datasets) {
    auto& cells = board.cells[dataset];
    for (const BoardColumn& column : board.columns) {
      for (const std::string& row : board.rows) {
        CellMaker maker(column);
        for (const RunSummary* run : groups[dataset][row]) maker.add(*run);
        cells[row][column.measure] = maker.finish(seeds[dataset].size());
      }
      for (const auto& [row, control] : board.controls)
        add_effect(cells[row][column.measure], cells[control][column.measure]);
    }
  }
  rank_all(board);
  return board;
}

}  // namespace autodidact
