// A board for the terminal, and as CSV and JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "results/leaderboard.hpp"

namespace autodidact {

namespace {

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}
std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string gap(width > width_of(text) ? width - width_of(text) : 0, ' ');
  return left ? text + gap : gap + text;
}

std::string cell_text(const Cell& cell) {
  if (cell.seeds == 0) return cell.failed > 0 ? "failed" : "-";
  if (!std::isfinite(cell.mean)) return "undef.";
  std::string text = short_number(cell.mean);
  if (std::isfinite(cell.std)) text += " ±" + fmt::format("{:.2g}", cell.std);
  if (cell.failed + cell.undefined > 0) text += fmt::format(" ({} of {})", cell.values.size(), cell.seeds + cell.failed);
  return text;
}

double floor_of(const Board& board, const std::string& dataset, const std::string& measure) {
  for (const std::string& row : board.rows) {
    const double floor = board.cells.at(dataset).at(row).at(measure).floor;
    if (std::isfinite(floor)) return floor;
  }
  return NAN;
}

// Rows of text, first column left, the others right, a rule below the head.
std::string layout(const std::vector<std::vector<std::string>>& lines, bool colour) {
  std::vector<std::size_t> widths;
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i >= widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], width_of(line[i]));
    }
  std::string out;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    std::string text;
    for (std::size_t i = 0; i < lines[n].size(); ++i) text += (i ? "  " : "") + padded(lines[n][i], widths[i], i == 0);
    out += n == 0 && colour ? "\033[1m" + text + "\033[0m\n" : text + "\n";
  }
  return out;
}

}  // namespace

std::string short_number(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::fabs(value);
  if (size != 0 && (size < 1e-3 || size >= 1e5)) return fmt::format("{:.2e}", value);
  if (size >= 1000) return fmt::format("{:.0f}", value);
  if (size >= 100) return fmt::format("{:.1f}", value);
  if (size >= 10) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3f}", value);
}

std::string board_text(const Board& board, bool colour) {
  std::string out;
  for (const std::string& dataset : board.datasets) {
    std::vector<std::vector<std::string>> lines(1);
    lines[0].push_back(dataset);
    for (const BoardColumn& c : board.columns)
      lines[0].push_back(c.title + (c.direction == "lower" ? " ↓" : c.direction == "higher" ? " ↑" : ""));
    std::size_t most = 0;
    for (const std::string& row : board.rows) {
      lines.push_back({row});
      for (const BoardColumn& c : board.columns) {
        const Cell& cell = board.cells.at(dataset).at(row).at(c.measure);
        most = std::max(most, cell.seeds);
        lines.back().push_back(cell_text(cell));
      }
    }
    std::vector<std::string> floors = {"floor (real against real)"};
    for (const BoardColumn& c : board.columns) floors.push_back(short_number(floor_of(board, dataset, c.measure)));
    lines.push_back(floors);
    out += layout(lines, colour) + fmt::format("mean ±std over {} seed{}\n\n", most, most == 1 ? "" : "s");
  }
  if (!board.control.empty()) {
    for (const std::string& dataset : board.datasets) {
      std::vector<std::vector<std::string>> lines = {{dataset + ": difference to " + board.control}};
      for (const BoardColumn& c : board.columns) lines[0].push_back(c.title);
      for (const std::string& row : board.rows) {
        if (row == board.control) continue;
        lines.push_back({row});
        for (const BoardColumn& c : board.columns) {
          const Cell& cell = board.cells.at(dataset).at(row).at(c.measure);
          std::string text = std::isfinite(cell.effect) ? fmt::format("{}{}", cell.effect > 0 ? "+" : "", short_number(cell.effect)) : "-";
          if (std::isfinite(cell.effect_error)) text += fmt::format(" ±{:.2g}", cell.effect_error);
          lines.back().push_back(text);
        }
      }
      out += layout(lines, colour) + "mean of paired differences ± standard error\n\n";
    }
  }
  if (board.rows.size() > 1 && board.datasets.size() > 1) {
    std::vector<std::vector<std::string>> lines = {{fmt::format("average rank over {} datasets", board.datasets.size())}};
    for (const BoardColumn& c : board.columns) lines[0].push_back(c.title);
    for (const std::string& row : board.rows) {
      lines.push_back({row});
      const auto ranks = board.ranks.find(row);
      for (const BoardColumn& c : board.columns) {
        const bool ranked = ranks != board.ranks.end() && ranks->second.count(c.measure);
        lines.back().push_back(ranked ? fmt::format("{:.1f}", ranks->second.at(c.measure)) : "-");
      }
    }
    out += layout(lines, colour) + "\n";
  }
  for (const auto& [dataset, rows] : board.cells)
    for (const auto& [row, cells] : rows)
      if (!cells.empty() && cells.begin()->second.failed > 0)
        out += fmt::format("failed: {}, {}: {} of its runs: {}\n", dataset, row, cells.begin()->second.failed,
                           cells.begin()->second.reason);
  for (const std::string& note : board.notes) out += "note: " + note + "\n";
  return out;
}

std::string board_csv(const Board& board) {
  const auto quoted = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  const auto number = [](double v) { return std::isfinite(v) ? fmt::format("{:.9g}", v) : std::string(); };
  std::string out =
      "dataset,method,measure,version,unit,direction,mean,std,seeds,failed,undefined,floor,value_at_floor,"
      "effect_against_control,effect_standard_error,pairs\n";
  for (const std::string& dataset : board.datasets)
    for (const std::string& row : board.rows)
      for (const BoardColumn& c : board.columns) {
        const Cell& cell = board.cells.at(dataset).at(row).at(c.measure);
        out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", quoted(dataset), quoted(row),
                           quoted(c.measure), c.version, quoted(c.unit), c.direction, number(cell.mean),
                           number(cell.std), cell.seeds, cell.failed, cell.undefined, number(cell.floor),
                           number(cell.at_floor), number(cell.effect), number(cell.effect_error), cell.pairs);
      }
  return out;
}

std::string board_json(const Board& board) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const std::string& dataset : board.datasets)
    for (const std::string& row : board.rows)
      for (const BoardColumn& c : board.columns) {
        const Cell& cell = board.cells.at(dataset).at(row).at(c.measure);
        rows.push_back({{"dataset", dataset}, {"method", row}, {"measure", c.measure}, {"version", c.version},
                        {"unit", c.unit}, {"direction", c.direction}, {"mean", cell.mean}, {"std", cell.std},
                        {"seeds", cell.seeds}, {"failed", cell.failed}, {"undefined", cell.undefined},
                        {"reason", cell.reason}, {"floor", cell.floor}, {"value_at_floor", cell.at_floor},
                        {"effect", cell.effect}, {"effect_error", cell.effect_error}});
      }
  nlohmann::ordered_json all = {{"control", board.control}, {"cells", rows}, {"ranks", board.ranks},
                                {"notes", board.notes}};
  return all.dump(2);
}

}  // namespace autodidact
