#include "results/report_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/board_contrasts.hpp"
#include "results/html.hpp"
#include "results/number_text.hpp"
#include "results/report_charts.hpp"

namespace autodidact {

namespace {

std::string with_deviation(const Cell& cell, const ColumnFormat& format) {
  std::string text = format.value(cell.mean);
  if (std::isfinite(cell.std)) text += " <span class=pm>±" + format.value(cell.std) + "</span>";
  return text;
}

// Whether an effect is larger than twice its standard error, and which way.
const char* effect_class(const Cell& cell, const BoardColumn& column) {
  if (!std::isfinite(cell.effect_error) || std::fabs(cell.effect) <= 2 * cell.effect_error) return "";
  if (!column.ranked) return "";
  return (cell.effect > 0) == (column.direction == "higher") ? " good" : " bad";
}

std::string effect_of(const Cell& cell, const ColumnFormat& format) {
  std::string text = format.difference(cell.effect);
  if (std::isfinite(cell.effect_error)) text += " ±" + format.value(cell.effect_error);
  return text;
}

// What a cell is made of, for who hovers over it.
std::string tooltip(const Cell& cell, const BoardColumn& column) {
  std::string text = column.measure + ", version " + std::to_string(column.version);
  if (!column.unit.empty()) text += ", unit " + column.unit;
  for (const auto& [seed, value] : cell.values) text += fmt::format("\nseed {}: {:.6g}", seed, value);
  if (std::isfinite(cell.at_floor))
    text += fmt::format("\nfor the comparison with the floor, at {} series: {:.6g}", cell.n_floor, cell.at_floor);
  if (std::isfinite(cell.floor)) text += fmt::format("\nfloor: {:.6g}", cell.floor);
  if (std::isfinite(cell.unigram)) text += fmt::format("\ntokens drawn by position alone: {:.6g}", cell.unigram);
  if (cell.n_gen > 0) text += fmt::format("\n{} generated, {} real series", cell.n_gen, cell.n_real);
  if (cell.failed > 0) text += fmt::format("\n{} failed: {}", cell.failed, cell.reason);
  if (cell.missing > 0) text += fmt::format("\n{} without a record", cell.missing);
  if (cell.undefined > 0) text += fmt::format("\n{} without a value", cell.undefined);
  if (cell.degraded > 0) text += fmt::format("\n† {} degraded", cell.degraded);
  if (!cell.note.empty()) text += "\n" + cell.note;
  return escaped(text);
}

std::string cell_html(const Leaderboard& board, const std::string& dataset, const std::string& row,
                      const BoardColumn& column, const ColumnFormat& format) {
  const Cell& cell = board.cell(dataset, row, column);
  if (const std::string absent = absent_text(cell); !absent.empty())
    return fmt::format("<td{} title=\"{}\">{}</td>", absent == "-" ? "" : " class=absent", tooltip(cell, column),
                       absent);
  const char* classes = cell.standing == Standing::best ? "best" : cell.standing == Standing::tied ? "tied" : "";
  std::string text = with_deviation(cell, format) + (cell.degraded ? "†" : "") +
                     (cell.whole() ? "" : "<small>" + count_text(cell) + "</small>");
  if (std::isfinite(cell.effect))
    text += fmt::format("<span class=\"effect{}\">{}</span>", effect_class(cell, column), effect_of(cell, format));
  return fmt::format("<td class=\"{}\" title=\"{}\">{}</td>", classes, tooltip(cell, column), text);
}

std::string row_name(const Leaderboard& board, const std::string& row) {
  return row_dot(board, row) + escaped(row) + (board.is_control(row) ? "<span class=tag>control</span>" : "");
}

// The board's columns by group, in order; one table each.
std::vector<std::vector<BoardColumn>> groups_of(const Leaderboard& board) {
  std::vector<std::vector<BoardColumn>> groups;
  for (const BoardColumn& column : board.columns) {
    if (groups.empty() || groups.back().front().group != column.group) groups.emplace_back();
    groups.back().push_back(column);
  }
  return groups;
}

std::string group_table(const Leaderboard& board, const std::string& dataset, const std::vector<BoardColumn>& columns) {
  std::string out = "<div class=scroll><table><tr><th>" + escaped(columns.front().group) + "</th>";
  std::string floors = "<tr class=floor><td>floor: real against real</td>";
  std::vector<ColumnFormat> formats;
  bool any_floor = false;
  for (const BoardColumn& c : columns) {
    const ColumnFormat& format = formats.emplace_back(board, dataset, c);
    const std::string about = c.about + " (" + c.measure + ", version " + std::to_string(c.version) + ")";
    out += "<th title=\"" + escaped(about) + "\">" + escaped(column_title(c)) + "</th>";
    const double floor = board.floor(dataset, c);
    any_floor = any_floor || std::isfinite(floor);
    floors += "<td>" + (std::isfinite(floor) ? format.floor(floor) : std::string()) + "</td>";
  }
  out += "</tr>";
  for (const std::string& row : board.rows) {
    out += "<tr><td>" + row_name(board, row) + "</td>";
    for (std::size_t i = 0; i < columns.size(); ++i) out += cell_html(board, dataset, row, columns[i], formats[i]);
    out += "</tr>";
  }
  if (any_floor) out += floors + "</tr>";
  for (const Contrast& contrast : board.contrasts) {
    out += "<tr class=floor><td>" + escaped(contrast.title) + "</td>";
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Cell cell = contrast_cell(board, dataset, contrast, columns[i]);
      out += fmt::format("<td class=\"{}\">{}</td>", effect_class(cell, columns[i]),
                         std::isfinite(cell.effect) ? effect_of(cell, formats[i]) : "");
    }
    out += "</tr>";
  }
  return out + "</table></div>";
}

struct Question {
  const char* title;
  std::vector<std::string> measures;  // the first that the board has
};

// The best row and those not told apart from it.
struct Winners {
  std::string best;
  std::vector<std::string> tied;
};
Winners winners_of(const Leaderboard& board, const std::string& dataset, const BoardColumn& column) {
  Winners found;
  for (const std::string& row : board.rows) {
    const Standing standing = board.cell(dataset, row, column).standing;
    if (standing == Standing::best && found.best.empty())
      found.best = row;
    else if (standing != Standing::none)
      found.tied.push_back(row);
  }
  return found;
}

std::string card(const Leaderboard& board, const std::string& dataset, const char* title, const BoardColumn& column) {
  const Winners winners = winners_of(board, dataset, column);
  if (winners.best.empty()) return "";
  const ColumnFormat format(board, dataset, column);
  const Cell& cell = board.cell(dataset, winners.best, column);
  const bool percent = column.scale() != 1.0;
  std::string out = fmt::format("<div class=card><h4>{}: {}{}</h4><div class=who>{}{}</div><div class=value>{}{}</div>",
                                title, escaped(column.title), column.direction == "lower" ? ", lower is better" : "",
                                row_dot(board, winners.best), escaped(winners.best), with_deviation(cell, format),
                                percent ? " <span class=unit>%</span>" : "");
  if (std::isfinite(cell.effect))
    out += fmt::format("<div class=\"more{}\">{}{} against its control</div>", effect_class(cell, column),
                       effect_of(cell, format), percent ? " points" : "");
  else if (board.is_control(winners.best))
    out += "<div class=more>the control itself: no objective improves on it</div>";
  if (const double floor = board.floor(dataset, column); std::isfinite(floor))
    out += fmt::format(
        "<div class=more>floor {}{}</div>", format.floor(floor),
        std::isfinite(cell.at_floor) ? fmt::format(", against {} at the same count", format.value(cell.at_floor)) : "");
  if (!winners.tied.empty()) {
    std::string names;
    for (const std::string& row : winners.tied) names += (names.empty() ? "" : ", ") + escaped(row);
    out += "<div class=more>within two deviations: " + names + "</div>";
  }
  return out + "</div>";
}

}  // namespace

std::size_t row_colour(const Leaderboard& board, const std::string& row) {
  return static_cast<std::size_t>(std::find(board.rows.begin(), board.rows.end(), row) - board.rows.begin());
}

std::string row_dot(const Leaderboard& board, const std::string& row) {
  return fmt::format("<span class=dot style=\"background:{}\"></span>",
                     chart_colours()[row_colour(board, row) % chart_colours().size()]);
}

std::string winner_cards(const Leaderboard& board, const std::string& dataset) {
  if (board.rows.size() < 2) return "";
  const Question questions[] = {{"Separates classes best", {"svm/quantised/avg"}},
                                {"Generates best", {"fid_fcn", "fid_rocket"}},
                                {"Reconstructs best", {"mse"}}};
  std::string out;
  for (const Question& question : questions)
    for (const std::string& measure : question.measures) {
      const auto column = std::find_if(board.columns.begin(), board.columns.end(),
                                       [&](const BoardColumn& c) { return c.measure == measure; });
      if (column == board.columns.end()) continue;
      const std::string html = card(board, dataset, question.title, *column);
      out += html;
      if (!html.empty()) break;
    }
  return out.empty() ? "" : "<div class=cards>" + out + "</div>";
}

std::string dataset_table(const Leaderboard& board, const std::string& dataset) {
  std::string out;
  for (const auto& columns : groups_of(board)) out += group_table(board, dataset, columns);
  return out;
}

std::string rank_table(const Leaderboard& board) {
  std::vector<BoardColumn> ranked;
  for (const BoardColumn& c : board.columns)
    if (!board.ranks.empty() && board.ranks.begin()->second.count(c.measure)) ranked.push_back(c);
  if (ranked.empty()) return "";
  std::string out = "<div class=scroll><table><tr><th>method</th>";
  for (const BoardColumn& c : ranked)
    out += fmt::format("<th title=\"{}\">{}</th>", escaped(c.measure), escaped(column_title(c)));
  out += "</tr>";
  for (const std::string& row : board.rows) {
    out += "<tr><td>" + row_name(board, row) + "</td>";
    for (const BoardColumn& c : ranked) {
      double best = INFINITY;
      for (const std::string& other : board.rows) best = std::min(best, board.ranks.at(other).at(c.measure));
      const double rank = board.ranks.at(row).at(c.measure);
      out += fmt::format("<td{}>{:.1f}</td>", rank == best ? " class=best" : "", rank);
    }
    out += "</tr>";
  }
  return out + "</table></div>";
}

std::string measure_table_html(const Leaderboard& all, const std::string& dataset) {
  std::string out =
      "<details><summary>All measures</summary><div class=scroll><table><tr><th>measure</th><th>unit</th>";
  for (const std::string& row : all.rows) out += "<th>" + row_name(all, row) + "</th>";
  out += "<th>floor</th></tr>";
  for (BoardColumn c : all.columns) {
    c.unit = c.unit == "share" ? "share of 1" : c.unit;  // by its own name and scale
    const ColumnFormat format(all, dataset, c);
    const char* arrow = c.direction == "lower" ? " ↓" : c.direction == "higher" ? " ↑" : "";
    out += fmt::format("<tr><td>{}{}</td><td>{}</td>", escaped(c.measure), arrow, escaped(c.unit));
    for (const std::string& row : all.rows) out += cell_html(all, dataset, row, c, format);
    const double floor = all.floor(dataset, c);
    out += "<td>" + (std::isfinite(floor) ? format.floor(floor) : std::string()) + "</td></tr>";
  }
  return out + "</table></div></details>";
}

std::string troubles_html(const Leaderboard& board, const std::string& dataset) {
  std::string out;
  for (const Trouble& trouble : troubles_of(board, dataset))
    out += fmt::format("<p class=\"{}\">{}: {}</p>", trouble.degraded ? "note" : "note trouble",
                       escaped((trouble.degraded ? "† " : "") + trouble.rows), escaped(trouble.what));
  return out;
}

}  // namespace autodidact
