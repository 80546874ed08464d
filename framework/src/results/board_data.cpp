// A leaderboard for other programs: CSV and JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/board_contrasts.hpp"

namespace autodidact {

namespace {

using Json = nlohmann::ordered_json;

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

const char* standing(const Cell& cell) {
  return cell.standing == Standing::best ? "best" : cell.standing == Standing::tied ? "tied" : "";
}

std::string number(double v) { return std::isfinite(v) ? fmt::format("{}", v) : std::string(); }

Json cell_json(const Leaderboard& board, const std::string& dataset, const std::string& row, const BoardColumn& c) {
  const Cell& cell = board.cell(dataset, row, c);
  Json values = Json::object();
  for (const auto& [seed, value] : cell.values) values[std::to_string(seed)] = value;
  const auto rank = board.ranks.find(row);
  const bool ranked = rank != board.ranks.end() && rank->second.count(c.measure);
  return {{"dataset", dataset},
          {"method", row},
          {"measure", c.measure},
          {"version", c.version},
          {"unit", c.unit},
          {"direction", c.direction},
          {"mean", cell.mean},
          {"std", cell.std},
          {"low", cell.low},
          {"high", cell.high},
          {"standing", standing(cell)},
          {"values", values},
          {"seeds", cell.seeds},
          {"failed", cell.failed},
          {"undefined", cell.undefined},
          {"missing", cell.missing},
          {"degraded", cell.degraded},
          {"reason", cell.reason},
          {"note", cell.note},
          {"floor", cell.floor},
          {"value_at_floor", cell.at_floor},
          {"unigram", cell.unigram},
          {"n_real", cell.n_real},
          {"n_gen", cell.n_gen},
          {"n_floor", cell.n_floor},
          {"control", board.control_of(row)},
          {"effect", cell.effect},
          {"effect_error", cell.effect_error},
          {"pairs", cell.pairs},
          {"average_rank", ranked ? Json(rank->second.at(c.measure)) : Json()}};
}

std::vector<std::string> csv_fields(const Leaderboard& board, const std::string& dataset, const std::string& row,
                                    const BoardColumn& c) {
  const Cell& cell = board.cell(dataset, row, c);
  const auto count = [](auto n) { return std::to_string(n); };
  return {quoted(dataset),
          quoted(row),
          quoted(c.measure),
          count(c.version),
          quoted(c.unit),
          quoted(c.direction),
          number(cell.mean),
          number(cell.std),
          number(cell.low),
          number(cell.high),
          standing(cell),
          count(cell.seeds),
          count(cell.failed),
          count(cell.undefined),
          count(cell.missing),
          count(cell.degraded),
          number(cell.floor),
          number(cell.at_floor),
          number(cell.unigram),
          count(cell.n_real),
          count(cell.n_gen),
          count(cell.n_floor),
          quoted(board.control_of(row)),
          number(cell.effect),
          number(cell.effect_error),
          count(cell.pairs)};
}

}  // namespace

std::string leaderboard_csv(const Leaderboard& board) {
  std::string out =
      "dataset,method,measure,version,unit,direction,mean,std,low,high,standing,seeds,failed,undefined,missing,"
      "degraded,floor,value_at_floor,unigram,n_real,n_gen,n_floor,control,effect_against_control,"
      "effect_standard_error,pairs\n";
  for (const std::string& dataset : board.datasets)
    for (const std::string& row : board.rows)
      for (const BoardColumn& c : board.columns)
        out += fmt::format("{}\n", fmt::join(csv_fields(board, dataset, row, c), ","));
  return out;
}

std::string leaderboard_json(const Leaderboard& board) {
  Json cells = Json::array();
  for (const std::string& dataset : board.datasets)
    for (const std::string& row : board.rows)
      for (const BoardColumn& c : board.columns) cells.push_back(cell_json(board, dataset, row, c));
  Json contrasts = Json::array();
  for (const std::string& dataset : board.datasets)
    for (const Contrast& contrast : board.contrasts)
      for (const BoardColumn& c : board.columns) {
        const Cell cell = contrast_cell(board, dataset, contrast, c);
        contrasts.push_back({{"dataset", dataset},
                             {"contrast", contrast.title},
                             {"measure", c.measure},
                             {"effect", cell.effect},
                             {"effect_error", cell.effect_error},
                             {"pairs", cell.pairs}});
      }
  const Json all = {
      {"suite", board.suite}, {"datasets", board.datasets}, {"methods", board.rows}, {"seeds", board.seeds},
      {"cells", cells},       {"contrasts", contrasts},     {"notes", board.notes}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace autodidact
