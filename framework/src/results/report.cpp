#include "results/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "results/file.hpp"
#include "results/html.hpp"
#include "results/page.hpp"
#include "results/report_charts.hpp"
#include "results/report_tables.hpp"

namespace autodidact {

namespace {

using Json = nlohmann::json;

// The finished run of lowest seed of each row, with what the charts draw. One that cannot be read leaves its row
// without charts; the table already has its numbers.
std::vector<ChartRun> chart_runs(const Folder& folder, const Leaderboard& board, const std::string& dataset) {
  std::vector<ChartRun> runs;
  for (const std::string& row : board.rows) {
    const auto found = std::find_if(folder.runs.begin(), folder.runs.end(), [&](const RunSummary& run) {
      return run.dataset == dataset && run.row() == row && run.status == "ok";
    });
    if (found == folder.runs.end()) continue;
    const auto want = [](const std::string& path) {
      return path.starts_with("history/") || path.starts_with("plots/") || path == "tokens/test" ||
             path == "samples/unconditional/x";
    };
    runs.push_back({row, row_colour(board, row), read_record(found->file, {want})});
  }
  return runs;
}

void add_charts(Page& page, const std::string& title, const std::string& about, const std::vector<Json>& charts) {
  if (std::all_of(charts.begin(), charts.end(), [](const Json& c) { return c.is_null(); })) return;
  page.add("<h3>" + title + "</h3><p>" + about + "</p><div class=charts>");
  for (const Json& chart : charts) page.chart(chart);
  page.add("</div>");
}

void add_dataset(Page& page, const Folder& folder, const Leaderboard& board, const Leaderboard& all,
                 const std::string& dataset) {
  page.add(fmt::format("<h2 id=\"{}\">{}</h2>", escaped(dataset), escaped(dataset)));
  page.add(winner_cards(board, dataset) + dataset_table(board, dataset) + troubles_html(board, dataset) +
           measure_table_html(all, dataset));
  add_charts(page, "Seeds", "A dot is a seed, a bar the mean over seeds, the dashed line the floor.",
             {seeds_chart(board, dataset)});
  const std::vector<ChartRun> runs = chart_runs(folder, board, dataset);
  if (runs.empty()) return;
  page.add("<div class=legend>");
  for (const ChartRun& run : runs) page.add("<span>" + row_dot(board, run.row) + escaped(run.row) + "</span>");
  page.add("</div>");
  add_charts(page, "Training", "Means over the steps of an epoch; the lowest seed of each method, here and below.",
             training_charts(runs));
  const auto each = [&](auto make) {
    std::vector<Json> charts;
    for (const ChartRun& run : runs) charts.push_back(make(run));
    return charts;
  };
  add_charts(page, "Series", "Ten real test series (grey) under ten unconditional samples, not chosen.",
             each(series_chart));
  add_charts(page, "Samples and their nearest real series",
             "The first six samples, each over the real test series nearest to it (grey; Euclidean).",
             each(pairs_chart));
  add_charts(page, "Features",
             "Test set (grey) and samples on the first two principal axes of the test set's features.",
             each(projection_chart));
  add_charts(page, "Code usage", "Share of each code in the tokens of the test set, most frequent first.",
             each(codes_chart));
}

std::string count_of(std::size_t n, const std::string& what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

void add_head(Page& page, const Folder& folder, const Leaderboard& board) {
  const auto failed = static_cast<std::size_t>(
      std::count_if(folder.runs.begin(), folder.runs.end(), [](const RunSummary& run) { return run.status != "ok"; }));
  page.add(fmt::format("<h1>{}</h1><p class=facts>{} × {} × {}, {}{}.</p>",
                       board.suite.empty() ? "Leaderboard" : "Leaderboard of the suite “" + escaped(board.suite) + "”",
                       count_of(board.rows.size(), "method"), count_of(board.datasets.size(), "dataset"),
                       count_of(board.seeds.size(), "seed"), count_of(folder.runs.size(), "run"),
                       failed > 0 ? fmt::format(", of which {} failed", failed) : ""));
  std::string about =
      "Each cell is the mean ± standard deviation over seeds. Green is best, pale green less than two "
      "deviations from it.";
  if (!board.controls.empty())
    about +=
        " The small line is what an objective does: the difference to its control, which has the same augmented "
        "branch and no objective, on equal seeds ± its standard error; in colour where it is larger than two "
        "standard errors.";
  about +=
      " The floor is the same measure between real train and real test. Hover over a cell for its seeds and counts.";
  page.add("<p>" + about + "</p>");
  if (board.datasets.size() < 2) return;
  page.add("<nav>");
  for (const std::string& dataset : board.datasets)
    page.add(fmt::format("<a href=\"#{}\">{}</a>", escaped(dataset), escaped(dataset)));
  page.add("</nav>");
  if (const std::string ranks = rank_table(board); !ranks.empty())
    page.add(
        fmt::format("<h3>Average rank over {} datasets</h3><p>1 is best; ties share a rank; a method with a failed, "
                    "missing or undefined cell is last there.</p>{}",
                    board.datasets.size(), ranks));
}

}  // namespace

std::string report_page(const Folder& folder, const Leaderboard& board) {
  Page page;
  add_head(page, folder, board);
  const Leaderboard all = make_leaderboard(folder.runs, all_measures(folder.runs));
  for (const std::string& dataset : board.datasets) add_dataset(page, folder, board, all, dataset);
  std::string problems;
  for (const std::string& problem : folder.problems) problems += "<li>" + escaped(problem) + "</li>";
  for (const std::string& note : board.notes) problems += "<li>" + escaped(note) + "</li>";
  if (!problems.empty()) page.add("<h2>Notes</h2><ul>" + problems + "</ul>");
  return page.text(board.suite.empty() ? "Leaderboard" : board.suite + ": leaderboard");
}

}  // namespace autodidact
