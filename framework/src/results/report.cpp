#include "results/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/file.hpp"
#include "results/report_charts.hpp"
#include "results/vega_bundle.hpp"

namespace autodidact {

namespace {

constexpr const char* kStyle = R"(
:root{color-scheme:light}
body{font:15px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff;margin:0 auto;max-width:1240px;padding:28px 24px 60px}
h1{font-size:25px;margin:0 0 4px}h2{font-size:19px;margin:44px 0 6px;padding-top:14px;border-top:1px solid #e3e6e8}h3{font-size:15px;margin:26px 0 6px}
p{max-width:78ch;margin:4px 0 10px;color:#4a5056}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px;margin:8px 0}
th,td{padding:5px 12px;text-align:right;white-space:nowrap;border-bottom:1px solid #eceff1}
th{font-weight:600;border-bottom:2px solid #cfd4d8}th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:#fff}
td small{color:#6b7278}td.best{font-weight:650}tr.floor td{color:#6b7278;font-style:italic;border-top:2px solid #cfd4d8}
td.failed{color:#b3261e}.effect{display:block;font-size:11.5px;color:#6b7278}
.dot{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:8px}
.charts{display:flex;flex-wrap:wrap;gap:18px 26px}footer{margin-top:50px;font-size:13px;color:#6b7278}
details summary{cursor:pointer;color:#4a5056}pre{white-space:pre-wrap;font-size:12px}
)";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

std::size_t colour_of(const Board& board, const std::string& row) {
  return static_cast<std::size_t>(std::find(board.rows.begin(), board.rows.end(), row) - board.rows.begin());
}

std::string dot_of(const Board& board, const std::string& row) {
  return fmt::format("<span class=dot style=\"background:{}\"></span>",
                     chart_colours()[colour_of(board, row) % chart_colours().size()]);
}

// The row that is best in a column, if the direction says what best is.
std::string best_row(const Board& board, const std::string& dataset, const BoardColumn& column) {
  std::string best;
  double value = 0;
  if (column.direction != "lower" && column.direction != "higher") return best;
  for (const std::string& row : board.rows) {
    const Cell& cell = board.cells.at(dataset).at(row).at(column.measure);
    const double signed_mean = column.direction == "lower" ? cell.mean : -cell.mean;
    if (std::isfinite(cell.mean) && cell.failed == 0 && (best.empty() || signed_mean < value)) {
      best = row;
      value = signed_mean;
    }
  }
  return best;
}

std::string cell_html(const Board& board, const std::string& row, const Cell& cell, bool best) {
  if (cell.seeds == 0)
    return fmt::format("<td class=failed title=\"{}\">{}</td>", escaped(cell.reason), cell.failed > 0 ? "failed" : "missing");
  std::string text = short_number(cell.mean);
  if (std::isfinite(cell.std)) text += fmt::format(" <small>±{:.2g}</small>", cell.std);
  if (cell.failed + cell.undefined > 0)
    text += fmt::format(" <small>({} of {})</small>", cell.values.size(), cell.seeds + cell.failed);
  if (!board.control.empty() && row != board.control && std::isfinite(cell.effect))
    text += fmt::format("<span class=effect>{}{}{}</span>", cell.effect > 0 ? "+" : "", short_number(cell.effect),
                        std::isfinite(cell.effect_error) ? fmt::format(" ±{:.2g}", cell.effect_error) : "");
  return fmt::format("<td{}>{}</td>", best ? " class=best" : "", text);
}

std::string table_html(const Board& board, const std::string& dataset) {
  std::string out = "<div class=scroll><table><tr><th>method</th>";
  for (const BoardColumn& c : board.columns)
    out += fmt::format("<th title=\"{}{}\">{}{}</th>", escaped(c.measure), c.unit.empty() ? "" : ", " + escaped(c.unit),
                       escaped(c.title), c.direction == "lower" ? " ↓" : c.direction == "higher" ? " ↑" : "");
  out += "</tr>";
  for (const std::string& row : board.rows) {
    out += "<tr><td>" + dot_of(board, row) + escaped(row) + (row == board.control ? " <small>(control)</small>" : "") + "</td>";
    for (const BoardColumn& c : board.columns)
      out += cell_html(board, row, board.cells.at(dataset).at(row).at(c.measure), best_row(board, dataset, c) == row);
    out += "</tr>";
  }
  out += "<tr class=floor><td>floor: real against real</td>";
  for (const BoardColumn& c : board.columns) {
    double floor = NAN;
    for (const std::string& row : board.rows) {
      const double f = board.cells.at(dataset).at(row).at(c.measure).floor;
      if (std::isfinite(f)) floor = f;
    }
    out += "<td>" + short_number(floor) + "</td>";
  }
  return out + "</tr></table></div>";
}

// The finished run of lowest seed of each row, with what the charts draw.
std::vector<ChartRun> chart_runs(const Folder& folder, const Board& board, const std::string& dataset) {
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
    runs.push_back({row, colour_of(board, row), read_record(found->file, {want})});
  }
  return runs;
}

class Page {
 public:
  void add(const std::string& html) { body_ += html; }
  void chart(const nlohmann::json& spec) {
    if (spec.is_null()) return;
    body_ += fmt::format("<div id=c{}></div>", count_);
    // "</" inside a script element would end it.
    std::string text = spec.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3) text.replace(at, 2, "<\\/");
    script_ += fmt::format("vegaEmbed(\"#c{}\",{},options);\n", count_++, text);
  }
  std::string text() const {
    return "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport "
           "content=\"width=device-width,initial-scale=1\"><link rel=icon href=\"data:,\"><title>Autodidact leaderboard</title><style>" +
           std::string(kStyle) + "</style></head><body>" + body_ + "<script>" + std::string(vega_bundle()) +
           "</script><script>const options={renderer:\"svg\",actions:false};\n" + script_ + "</script></body></html>\n";
  }

 private:
  std::string body_, script_;
  int count_ = 0;
};

void add_charts(Page& page, const std::string& title, const std::string& about, const std::vector<nlohmann::json>& charts) {
  if (std::all_of(charts.begin(), charts.end(), [](const auto& c) { return c.is_null(); })) return;
  page.add("<h3>" + title + "</h3><p>" + about + "</p><div class=charts>");
  for (const auto& chart : charts) page.chart(chart);
  page.add("</div>");
}

void add_dataset(Page& page, const Folder& folder, const Board& board, const std::string& dataset) {
  page.add("<h2>" + escaped(dataset) + "</h2>" + table_html(board, dataset));
  const std::vector<ChartRun> runs = chart_runs(folder, board, dataset);
  add_charts(page, "Training", "Means over the steps of an epoch, lowest seed of each method.",
             {loss_chart(runs, "tokenizer", "recon_time", "Tokenizer: reconstruction of the series"),
              loss_chart(runs, "prior", "total", "Prior: cross-entropy of masked tokens")});
  const auto each = [&](auto make) {
    std::vector<nlohmann::json> charts;
    for (const ChartRun& run : runs) charts.push_back(make(run));
    return charts;
  };
  add_charts(page, "Series", "Twelve real test series (grey) under twelve unconditional samples.", each(series_chart));
  add_charts(page, "Features", "Principal axes of the real test set's features, real (grey) and generated.",
             each(projection_chart));
  add_charts(page, "Code usage", "How often each code stands in the tokens of the test set.", each(codes_chart));
}

}  // namespace

std::string report_page(const Folder& folder, const Board& board) {
  Page page;
  std::string versions;
  page.add(fmt::format("<h1>Autodidact leaderboard</h1><p>{} runs, {} methods, {} datasets. Each cell is the mean ± standard "
                       "deviation over seeds; bold is best.",
                       folder.runs.size(), board.rows.size(), board.datasets.size()));
  if (!board.control.empty())
    page.add(" The small line is the difference to the control “" + escaped(board.control) +
             "” on the same seeds ± its standard error: what the objective itself does.");
  page.add(" The floor is the same measure between real train and real test at equal counts.</p>");
  for (const std::string& dataset : board.datasets) add_dataset(page, folder, board, dataset);
  std::string problems;
  for (const std::string& problem : folder.problems) problems += "<li>" + escaped(problem) + "</li>";
  for (const std::string& note : board.notes) problems += "<li>" + escaped(note) + "</li>";
  if (!problems.empty()) page.add("<h2>Notes</h2><ul>" + problems + "</ul>");
  page.add("<footer><details><summary>Charts by Vega, Vega-Lite and Vega-Embed: licences</summary><pre>" +
           escaped(std::string(vega_licences())) + "</pre></details></footer>");
  return page.text();
}

}  // namespace autodidact
