// Records of a folder -> one table: rows are methods (with the grid's factors), cells are means over seeds.
//
// Nothing is averaged that is not there: a failed run, a missing seed or an undefined value is counted and shown, and
// ranks last. Versions of a measure are never mixed: a column holds one version, values of another are set apart.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "results/record.hpp"

namespace autodidact {

inline constexpr double kNoBound = std::numeric_limits<double>::quiet_NaN();

// One row of a record's metrics/table.
struct StoredMeasure {
  double value = 0, std = 0, floor = 0, value_at_floor = 0;
  double low = kNoBound, high = kNoBound;  // interval of the value; NaN if there is none
  double unigram = kNoBound;               // the measure without a prior; NaN if there is none
  std::int64_t version = 1, n_real = 0, n_gen = 0, n_floor = 0;
  std::string direction, unit, status, note;
};

// What a leaderboard needs of one record; the big arrays are left in the file.
struct RunSummary {
  std::filesystem::path file;
  std::string suite, method, dataset, status, reason, run_id, created;
  std::string dataset_digest;
  bool external = false;  // samples from elsewhere, measured here
  std::int64_t seed = 0;
  std::int64_t order = 0;  // place in the plan it was run from; 0 if the record does not say
  Values config;           // every resolved key
  std::map<std::string, StoredMeasure> measures;
  std::map<std::string, double> cost;              // "tokenizer/seconds", "samples/series_per_second", ...
  std::string text(const std::string& key) const;  // of config; "" if absent or no text
  std::string row() const;                         // the method, with the factors of the grid
};

struct Folder {
  std::vector<RunSummary> runs;       // sorted by dataset, row, seed; one a cell and seed
  std::vector<std::string> problems;  // what could not be read, left out or compared, and why
};
// Reads every record directly in `folder` (stage outputs are not records). Of two records of one cell and seed the
// newer one stays and a problem names both. Differences in configuration or data inside a cell are problems too.
Folder read_folder(const std::filesystem::path& folder);

// How a cell stands in its column: best mean, or tied with it: closer than two deviations over seeds (the larger of the
// two), or with an interval that meets its. Shown, never used in ranks.
enum class Standing : std::uint8_t { none, best, tied };

// Mean over the seeds of one (dataset, row, measure).
struct Cell {
  std::size_t seeds = 0;  // finished runs
  std::size_t failed = 0;
  std::size_t undefined = 0;       // finished runs without a value: undefined (see note), or not in the record
  std::size_t missing = 0;         // seeds that other rows of this dataset have
  std::size_t degraded = 0;        // values that count but were measured on less than the full definition
  std::string reason;              // of the first failure
  std::string note;                // of the first undefined or degraded value
  double mean = 0, std = 0;        // sample deviation; NaN below two values
  double floor = 0, at_floor = 0;  // means; NaN where there is none
  double low = 0, high = 0;        // means of the intervals of the values
  double unigram = 0;              // mean of what tokens drawn by position alone give
  std::int64_t n_real = 0, n_gen = 0, n_floor = 0;  // counts of the first value
  std::map<std::int64_t, double> values;            // by seed
  // Against the control on the same seeds: mean of the paired differences and their standard error; NaN without pairs.
  double effect = 0, effect_error = 0;
  std::size_t pairs = 0;
  Standing standing = Standing::none;
  bool whole() const { return !values.empty() && failed + undefined + missing == 0; }
};

// Rows that differ in one thing: `pairs` of (from, to).
struct Contrast {
  std::string title;  // "prior.input: token → codebook"
  std::vector<std::pair<std::string, std::string>> pairs;
};

struct BoardColumn {
  std::string measure, title, about, unit, direction;
  std::string group;  // "tokenizer" | "generation" | "" where measures were asked for by name
  std::int64_t version = 1;
  bool ranked = false;  // whether one row's value can be better than another's
  double scale() const { return unit == "share" ? 100.0 : 1.0; }  // shares are shown in percent, never stored so
};

struct Leaderboard {
  std::string suite;                        // "" where records of several suites stand side by side
  std::vector<std::string> datasets, rows;  // in the order of the suite
  std::vector<std::int64_t> seeds;
  std::vector<BoardColumn> columns;
  std::map<std::string, std::string> controls;  // row -> its control: no objective, all else equal
  std::vector<Contrast> contrasts;              // what each factor of the grid does, whatever the others are
  // cells[dataset][row][measure]
  std::map<std::string, std::map<std::string, std::map<std::string, Cell>>> cells;
  // Average rank over datasets by measure, ties averaged, incomplete cells last; only for more than one row.
  std::map<std::string, std::map<std::string, double>> ranks;
  std::vector<std::string> notes;

  const Cell& cell(const std::string& dataset, const std::string& row, const BoardColumn& column) const;
  bool is_control(const std::string& row) const;
  std::string control_of(const std::string& row) const;                       // "" if it has none
  double floor(const std::string& dataset, const BoardColumn& column) const;  // mean over the rows that have one
};

// `measures` empty: the default view, as far as it occurs in the runs. Names of measures, or "cost/<stage>/<name>".
Leaderboard make_leaderboard(const std::vector<RunSummary>& runs, const std::vector<std::string>& measures = {});
std::vector<std::string> all_measures(const std::vector<RunSummary>& runs);  // every measure and every cost

// Why cells of a dataset have no value or a lesser one; equal ones of several rows together.
struct Trouble {
  std::string what;  // "FID undefined: fewer samples than features", "1 run failed: loss is NaN"
  std::string rows;  // "VQVAE, VQVAE + VICReg"
  bool degraded = false;
};
std::vector<Trouble> troubles_of(const Leaderboard& board, const std::string& dataset);

// Tables of at most `width` columns where the names allow: measures are broken into blocks.
std::string leaderboard_text(const Leaderboard& board, bool colour, std::size_t width = 160);
std::string leaderboard_csv(const Leaderboard& board);   // one line a dataset, row and measure; full precision
std::string leaderboard_json(const Leaderboard& board);  // the same with notes and ranks; null where there is no value

}  // namespace autodidact
