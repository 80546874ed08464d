// Records of a folder -> one table: rows are methods (with the grid's factors), cells are means over seeds.
//
// Nothing is averaged that is not there: a failed run, a missing seed or an undefined value is counted and shown, and
// ranks last. Versions of a measure are never mixed: a column holds one version, rows of another are set apart.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "results/record.hpp"

namespace autodidact {

// One row of a record's metrics/table.
struct StoredMeasure {
  double value = 0, std = 0, floor = 0, value_at_floor = 0;
  std::int64_t version = 1, n_real = 0, n_gen = 0, n_floor = 0;
  std::string direction, unit, status, note;
};

// What a leaderboard needs of one record; the big arrays are left in the file.
struct RunSummary {
  std::filesystem::path file;
  std::string suite, method, dataset, status, reason, run_id;
  std::int64_t seed = 0;
  Values config;                              // every resolved key
  std::map<std::string, StoredMeasure> measures;
  std::map<std::string, double> cost;         // "tokenizer/seconds", "samples/series_per_second", ...
  std::string row() const;                    // the method
};

struct Folder {
  std::vector<RunSummary> runs;               // sorted by dataset, method, seed
  std::vector<std::string> problems;          // files that could not be read, and why
};
// Reads every record directly in `folder` (stage outputs are not records). Of two records of one cell and seed that
// differ in configuration, both stay and a problem says so.
Folder read_folder(const std::filesystem::path& folder);

// Mean over the seeds of one (dataset, row).
struct Cell {
  std::size_t seeds = 0;                      // finished
  std::size_t failed = 0, undefined = 0;
  std::string reason;                         // of the first failure
  double mean = 0, std = 0;                   // sample deviation; NaN below two seeds
  double floor = 0, at_floor = 0;             // means; NaN where there is none
  std::map<std::int64_t, double> values;      // by seed
  // Against the control on the same seeds: mean of the paired differences and their standard error; NaN without pairs.
  double effect = 0, effect_error = 0;
  std::size_t pairs = 0;
};

struct BoardColumn {
  std::string measure, title, unit, direction;
  std::int64_t version = 1;
};

struct Board {
  std::vector<std::string> datasets, rows;    // rows in order of appearance in the suite
  std::vector<BoardColumn> columns;
  std::string control;                        // the row effects are taken against; "" if there is none
  // cells[dataset][row][measure]
  std::map<std::string, std::map<std::string, std::map<std::string, Cell>>> cells;
  // Average rank over datasets by measure, ties averaged, failed and missing cells last; only for more than one row.
  std::map<std::string, std::map<std::string, double>> ranks;
  std::vector<std::string> notes;
};

// `measures` empty: the core columns of the default view that occur in the runs.
Board make_board(const std::vector<RunSummary>& runs, const std::vector<std::string>& measures = {});
std::vector<std::string> all_measures(const std::vector<RunSummary>& runs);

std::string board_text(const Board& board, bool colour);
std::string board_csv(const Board& board);    // one line a dataset, row and measure
std::string board_json(const Board& board);

// "0.0981", "21.3", "1.2e-05": four significant digits; "-" for NaN.
std::string short_number(double value);

}  // namespace autodidact
