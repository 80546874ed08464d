// Charts of the table's numbers and of training.
#include "results/report_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/chart_base.hpp"
#include "results/number_text.hpp"

namespace autodidact {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kPoints = 250;  // of one curve

// One measure: a dot a seed, a bar at the mean, the floor as a dashed line.
Json seeds_panel(const Leaderboard& board, const std::string& dataset, const BoardColumn& column, bool labels) {
  Json dots = Json::array(), means = Json::array(), domain = Json::array(), range = Json::array();
  for (const std::string& row : board.rows) {
    domain.push_back(row);
    range.push_back(chart_colours()[range.size() % chart_colours().size()]);
    const Cell& cell = board.cell(dataset, row, column);
    for (const auto& [seed, value] : cell.values)
      dots.push_back({{"m", row}, {"v", rounded(value * column.scale())}, {"s", seed}});
    if (!cell.values.empty()) means.push_back({{"m", row}, {"v", rounded(cell.mean * column.scale())}});
  }
  if (dots.empty()) return nullptr;
  const Json y = {{"field", "m"},
                  {"type", "nominal"},
                  {"title", nullptr},
                  {"sort", domain},
                  {"scale", {{"domain", domain}}},
                  {"axis",
                   {{"labels", labels},
                    {"ticks", false},
                    {"domain", false},
                    {"grid", true},
                    {"labelLimit", 260},
                    {"labelPadding", 8},
                    {"labelFontSize", 12}}}};
  const Json colour = {
      {"field", "m"}, {"type", "nominal"}, {"legend", nullptr}, {"scale", {{"domain", domain}, {"range", range}}}};
  const Json x = channel("v", "");
  const auto layer = [&](const Json& data, Json mark, const Json& tooltip) {
    return Json{{"data", {{"values", data}}},
                {"mark", std::move(mark)},
                {"encoding", {{"x", x}, {"y", y}, {"color", colour}, {"tooltip", tooltip}}}};
  };
  const Json name = {{"field", "m"}, {"title", "method"}}, value = {{"field", "v"}, {"title", column_title(column)}};
  Json layers = Json::array();
  if (const double floor = board.floor(dataset, column); std::isfinite(floor)) {
    const Json rule = {{"type", "rule"}, {"strokeDash", {4, 3}}, {"color", "#60676e"}};
    layers.push_back({{"data", {{"values", {{{"v", rounded(floor * column.scale())}}}}}},
                      {"mark", rule},
                      {"encoding", {{"x", x}, {"tooltip", {{{"field", "v"}, {"title", "floor"}}}}}}});
  }
  layers.push_back(layer(means, {{"type", "tick"}, {"thickness", 2.5}, {"size", 17}}, Json::array({name, value})));
  layers.push_back(layer(dots, {{"type", "circle"}, {"size", 42}, {"opacity", 0.6}},
                         Json::array({name, {{"field", "s"}, {"title", "seed"}}, value})));
  const int height = static_cast<int>(24 * board.rows.size());
  return {{"layer", layers},
          {"width", 158},
          {"height", height},
          {"title",
           {{"text", column_title(column)},
            {"anchor", "start"},
            {"fontSize", 12.5},
            {"fontWeight", 600},
            {"frame", "group"}}}};
}

// The column of a history table that all rows can be compared in.
std::string reconstruction_column(const std::vector<ChartRun>& runs) {
  for (const ChartRun& run : runs) {
    const auto found = run.record.tables.find("history/tokenizer");
    if (found == run.record.tables.end()) continue;
    for (const std::string& name : found->second.names)
      if (name.find("recon") != std::string::npos && name.find('/') == std::string::npos) return name;
    return "total";
  }
  return "total";
}

// Curves of one column of one stage; on a log axis where all values are positive.
Json curves(const std::vector<ChartRun>& runs, const std::string& stage, const std::string& column,
            const std::string& title, const std::string& unit, bool log) {
  Json rows = Json::array(), names = Json::array(), colours = Json::array();
  for (const ChartRun& run : runs) {
    const auto found = run.record.tables.find("history/" + stage);
    if (found == run.record.tables.end()) continue;
    const Column *numbers = found->second.find("epoch"), *values = found->second.find(column);
    const auto* e = numbers ? std::get_if<std::vector<std::int64_t>>(numbers) : nullptr;
    const auto* v = values ? std::get_if<std::vector<double>>(values) : nullptr;
    if (!e || !v) continue;
    names.push_back(run.row);
    colours.push_back(colour_of(run));
    const std::size_t stride = std::max<std::size_t>(1, e->size() / kPoints);
    for (std::size_t i = 0; i < e->size(); ++i) {
      if ((i % stride != 0 && i + 1 != e->size()) || !std::isfinite((*v)[i])) continue;
      log = log && (*v)[i] > 0;
      rows.push_back({{"e", (*e)[i] + 1}, {"v", rounded((*v)[i])}, {"m", run.row}});
    }
  }
  if (rows.empty()) return nullptr;
  Json spec = chart_base(340, 200, title);
  Json y = channel("v", unit);
  if (log) y["scale"] = {{"type", "log"}, {"nice", false}};
  const Json scale = {{"domain", names}, {"range", colours}};
  Json epochs = channel("e", "epoch");
  epochs["axis"] = {{"tickMinStep", 1}, {"format", "d"}};
  epochs["scale"]["nice"] = false;
  const Json tooltip = {
      {{"field", "m"}, {"title", "method"}}, {{"field", "e"}, {"title", "epoch"}}, {{"field", "v"}, {"title", unit}}};
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "line"}, {"strokeWidth", 1.7}, {"opacity", 0.9}};
  spec["encoding"] = {{"x", epochs},
                      {"y", y},
                      {"tooltip", tooltip},
                      {"color", {{"field", "m"}, {"type", "nominal"}, {"legend", nullptr}, {"scale", scale}}}};
  return spec;
}

}  // namespace

Json seeds_chart(const Leaderboard& board, const std::string& dataset) {
  static const std::vector<std::string> shown = {"mse",     "svm/quantised/avg", "svm/continuous/avgmax",
                                                 "fid_fcn", "fid_rocket",        "coverage"};
  Json panels = Json::array();
  for (const BoardColumn& column : board.columns) {
    if (std::find(shown.begin(), shown.end(), column.measure) == shown.end()) continue;
    Json panel = seeds_panel(board, dataset, column, panels.empty());
    if (!panel.is_null()) panels.push_back(std::move(panel));
  }
  if (panels.empty()) return nullptr;
  Json spec = chart_base(0, 0, "");
  spec.erase("width");
  spec.erase("height");
  spec["hconcat"] = panels;
  spec["spacing"] = 16;
  return spec;
}

std::vector<Json> training_charts(const std::vector<ChartRun>& runs) {
  return {curves(runs, "tokenizer", reconstruction_column(runs), "Tokenizer: reconstruction", "loss", true),
          curves(runs, "tokenizer", "perplexity", "Tokenizer: perplexity of a batch", "codes", false),
          curves(runs, "prior", "total", "Prior: loss", "loss", true)};
}

}  // namespace autodidact
