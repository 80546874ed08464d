// A leaderboard for the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "results/board_contrasts.hpp"
#include "results/number_text.hpp"

namespace autodidact {

namespace {

constexpr const char *kBold = "\033[1m", *kDim = "\033[2m", *kGood = "\033[32m", *kBad = "\033[31m", *kEnd = "\033[0m";

struct Text {
  std::string text;
  std::string style = "";  // escape codes; empty: plain
};
using Line = std::vector<Text>;

// Names come from files: no escape code of theirs may reach a terminal.
std::string plain(const std::string& text) {
  std::string out = text;
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return out;
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

// First column left, the others right.
std::string layout(const std::vector<Line>& lines, bool colour) {
  std::vector<std::size_t> widths;
  for (const Line& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i >= widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], width_of(line[i].text));
    }
  std::string out;
  for (const Line& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string gap(widths[i] - width_of(line[i].text), ' ');
      const bool styled = colour && !line[i].style.empty();
      const std::string text = styled ? line[i].style + line[i].text + kEnd : line[i].text;
      row += (i ? "  " : "") + (i ? gap + text : i + 1 < line.size() ? text + gap : text);
    }
    out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

Text value_text(const Cell& cell, const ColumnFormat& format) {
  if (const std::string absent = absent_text(cell); !absent.empty()) return {absent, cell.failed ? kBad : kDim};
  std::string text = format.value(cell.mean);
  if (std::isfinite(cell.std)) text += " ±" + format.value(cell.std);
  text += count_text(cell) + (cell.degraded ? "†" : "");
  return {text, cell.standing == Standing::best   ? std::string(kBold) + kGood
                : cell.standing == Standing::tied ? kGood
                                                  : ""};
}

Text effect_text(const Cell& cell, const ColumnFormat& format, const BoardColumn& column) {
  if (!std::isfinite(cell.effect)) return {"-", kDim};
  std::string text = format.difference(cell.effect);
  if (std::isfinite(cell.effect_error)) text += " ±" + format.value(cell.effect_error);
  const bool sure = std::isfinite(cell.effect_error) && std::fabs(cell.effect) > 2 * cell.effect_error;
  if (!sure || !column.ranked) return {text, kDim};
  return {text, (cell.effect > 0) == (column.direction == "higher") ? kGood : kBad};
}

// One dataset, some of the columns.
std::vector<Line> block(const Leaderboard& board, const std::string& dataset, const std::vector<BoardColumn>& columns) {
  std::vector<ColumnFormat> formats;
  const bool part = columns.size() < board.columns.size() && !columns.empty() && !columns.front().group.empty();
  Line head = {{plain(dataset) + (part ? " · " + columns.front().group : ""), kBold}}, floors = {{"floor", kDim}};
  bool any_floor = false;
  for (const BoardColumn& c : columns) {
    formats.emplace_back(board, dataset, c);
    head.push_back({column_title(c), kBold});
    const double floor = board.floor(dataset, c);
    any_floor = any_floor || std::isfinite(floor);
    floors.push_back({std::isfinite(floor) ? formats.back().floor(floor) : "", kDim});
  }
  std::vector<Line> lines = {head};
  for (const std::string& row : board.rows) {
    Line values = {{plain(row)}}, effects = {{"  against its control", kDim}};
    const bool compared = !board.control_of(row).empty();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Cell& cell = board.cell(dataset, row, columns[i]);
      values.push_back(value_text(cell, formats[i]));
      effects.push_back(effect_text(cell, formats[i], columns[i]));
    }
    lines.push_back(values);
    const auto empty = [](const Text& text) { return text.text == "-"; };
    if (compared && !std::all_of(effects.begin() + 1, effects.end(), empty)) lines.push_back(effects);
  }
  if (any_floor) lines.push_back(floors);
  for (const Contrast& contrast : board.contrasts) {
    Line& line = lines.emplace_back(Line{{plain(contrast.title), kDim}});
    for (std::size_t i = 0; i < columns.size(); ++i)
      line.push_back(effect_text(contrast_cell(board, dataset, contrast, columns[i]), formats[i], columns[i]));
  }
  return lines;
}

std::size_t width_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths;
  for (const Line& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i >= widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], width_of(line[i].text));
    }
  std::size_t sum = 0;
  for (const std::size_t w : widths) sum += w + 2;
  return sum - 2;
}

using Columns = std::vector<BoardColumn>;

// Columns in as few blocks as the width allows. If one does not do, a group of measures is not torn unless it must be.
std::vector<Columns> blocks(const Columns& columns, const std::function<std::size_t(const Columns&)>& width_with,
                            std::size_t width) {
  if (columns.empty() || width_with(columns) <= width) return {columns};
  std::vector<Columns> all;
  for (const BoardColumn& column : columns) {
    if (all.empty() || all.back().back().group != column.group) all.emplace_back();
    all.back().push_back(column);
    if (all.back().size() > 1 && width_with(all.back()) > width) {
      all.back().pop_back();
      all.push_back({column});
    }
  }
  return all;
}

std::vector<Line> rank_block(const Leaderboard& board, const Columns& columns) {
  Line head = {{fmt::format("average rank over {} datasets", board.datasets.size()), kBold}};
  for (const BoardColumn& c : columns) head.push_back({column_title(c), kBold});
  std::vector<Line> lines = {head};
  for (const std::string& row : board.rows) {
    lines.push_back({{plain(row)}});
    for (const BoardColumn& c : columns)
      lines.back().push_back({fmt::format("{:.1f}", board.ranks.at(row).at(c.measure))});
  }
  return lines;
}

std::string ranks_text(const Leaderboard& board, bool colour, std::size_t width) {
  Columns ranked;
  for (const BoardColumn& c : board.columns)
    if (!board.ranks.empty() && board.ranks.begin()->second.count(c.measure)) ranked.push_back(c);
  if (ranked.empty()) return "";
  std::string out;
  for (const Columns& part : blocks(
           ranked, [&](const Columns& some) { return width_of(rank_block(board, some)); }, width))
    out += layout(rank_block(board, part), colour) + "\n";
  return out;
}

std::string troubles_text(const Leaderboard& board) {
  std::string out;
  for (const std::string& dataset : board.datasets)
    for (const Trouble& trouble : troubles_of(board, dataset))
      out += fmt::format("{}{} · {}: {}\n", trouble.degraded ? "† " : "", plain(dataset), plain(trouble.rows),
                         plain(trouble.what));
  for (const std::string& note : board.notes) out += "note: " + plain(note) + "\n";
  return out;
}

}  // namespace

std::string leaderboard_text(const Leaderboard& board, bool colour, std::size_t width) {
  const auto widest = [&](const Columns& columns) {
    std::size_t most = 0;
    for (const std::string& dataset : board.datasets) most = std::max(most, width_of(block(board, dataset, columns)));
    return most;
  };
  std::string out;
  const auto parts = blocks(board.columns, widest, width);
  for (const std::string& dataset : board.datasets)
    for (const Columns& columns : parts) out += layout(block(board, dataset, columns), colour) + "\n";
  if (board.rows.size() > 1 && board.datasets.size() > 1) out += ranks_text(board, colour, width);
  const std::size_t seeds = board.seeds.size();
  out += seeds > 1 ? fmt::format("Mean ± standard deviation over {} seeds.\n", seeds) : "One seed: no deviation.\n";
  if (!board.controls.empty())
    out +=
        fmt::format("Against its control: mean difference on equal seeds{}.\n", seeds > 1 ? " ± standard error" : "");
  if (!board.contrasts.empty())
    out += fmt::format("a → b: mean difference of the rows that differ in this alone{}.\n",
                       seeds > 1 ? " ± standard error over seeds" : "");
  if (std::any_of(board.datasets.begin(), board.datasets.end(), [&](const std::string& dataset) {
        return std::any_of(board.columns.begin(), board.columns.end(),
                           [&](const BoardColumn& c) { return std::isfinite(board.floor(dataset, c)); });
      }))
    out += "Floor: real train against real test.\n";
  return out + troubles_text(board);
}

}  // namespace autodidact
