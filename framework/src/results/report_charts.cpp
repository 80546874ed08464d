#include "results/report_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "results/projection.hpp"

namespace autodidact {

using Json = nlohmann::json;

namespace {

constexpr std::int64_t kSeries = 12;
constexpr const char* kGrey = "#9aa0a6";

double round4(double value) { return std::isfinite(value) ? std::round(value * 1e4) / 1e4 : 0.0; }

Json base(int width, int height, const std::string& title) {
  return {{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"}, {"width", width}, {"height", height},
          {"title", {{"text", title}, {"anchor", "start"}, {"fontSize", 13}, {"fontWeight", 600}}},
          {"config",
           {{"font", "system-ui, sans-serif"}, {"view", {{"stroke", nullptr}}},
            {"axis", {{"gridColor", "#eceff1"}, {"domainColor", "#b0b7bd"}, {"tickColor", "#b0b7bd"},
                      {"labelColor", "#4a5056"}, {"titleColor", "#4a5056"}, {"titleFontWeight", 500}}},
            {"legend", {{"labelColor", "#2b2f33"}, {"titleColor", "#4a5056"}, {"orient", "bottom"}, {"columns", 2},
                        {"labelLimit", 260}}}}}};
}

Json axis(const std::string& title, bool zero = false) {
  return {{"type", "quantitative"}, {"title", title}, {"scale", {{"zero", zero}, {"nice", true}}}};
}

float value_at(const Array& x, std::int64_t index) {
  float value = 0;
  std::memcpy(&value, x.data.data() + static_cast<std::size_t>(index) * sizeof value, sizeof value);
  return value;
}

// First channel of the first series of (N, C, L) as rows {t, v, s, k}.
void add_series(Json& rows, const Array& x, const std::string& kind) {
  const std::int64_t n = std::min(kSeries, x.shape[0]), channels = x.shape[1], length = x.shape[2];
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t t = 0; t < length; ++t)
      rows.push_back({{"t", t}, {"v", round4(value_at(x, i * channels * length + t))}, {"s", kind + std::to_string(i)},
                      {"k", kind}});
}

}  // namespace

const std::vector<std::string>& chart_colours() {
  static const std::vector<std::string> colours = {"#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7",
                                                   "#56b4e9", "#5d3a9b", "#7f7f00"};
  return colours;
}

Json loss_chart(const std::vector<ChartRun>& runs, const std::string& stage, const std::string& column,
                const std::string& title) {
  Json rows = Json::array(), names = Json::array(), colours = Json::array();
  for (const ChartRun& run : runs) {
    const auto found = run.record.tables.find("history/" + stage);
    if (found == run.record.tables.end()) continue;
    const Column *epochs = found->second.find("epoch"), *values = found->second.find(column);
    if (!epochs || !values || !std::holds_alternative<std::vector<double>>(*values)) continue;
    names.push_back(run.row);
    colours.push_back(chart_colours()[run.colour % chart_colours().size()]);
    const auto& e = std::get<std::vector<std::int64_t>>(*epochs);
    const auto& v = std::get<std::vector<double>>(*values);
    const std::size_t stride = std::max<std::size_t>(1, e.size() / 250);
    for (std::size_t i = 0; i < e.size(); ++i)
      if ((i % stride == 0 || i + 1 == e.size()) && std::isfinite(v[i]) && v[i] > 0)
        rows.push_back({{"e", e[i] + 1}, {"v", v[i]}, {"m", run.row}});
  }
  if (rows.empty()) return nullptr;
  Json spec = base(420, 220, title);
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "line"}, {"strokeWidth", 1.6}};
  spec["encoding"] = {{"x", axis("epoch")},
                      {"y", {{"field", "v"}, {"type", "quantitative"}, {"title", "loss"}, {"scale", {{"type", "log"}, {"nice", true}}}}},
                      {"color", {{"field", "m"}, {"type", "nominal"}, {"title", nullptr},
                                 {"scale", {{"domain", names}, {"range", colours}}}}},
                      {"tooltip", {{{"field", "m"}, {"title", "method"}}, {{"field", "e"}, {"title", "epoch"}},
                                   {{"field", "v"}, {"title", "loss"}, {"format", ".4g"}}}}};
  spec["encoding"]["x"]["field"] = "e";
  return spec;
}

Json series_chart(const ChartRun& run) {
  if (!run.record.has("plots/series/real") || !run.record.has("samples/unconditional/x")) return nullptr;
  Json rows = Json::array();
  add_series(rows, run.record.array("plots/series/real"), "real");
  add_series(rows, run.record.array("samples/unconditional/x"), "generated");
  const std::string colour = chart_colours()[run.colour % chart_colours().size()];
  Json spec = base(250, 130, run.row);
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "line"}, {"strokeWidth", 1}, {"opacity", 0.55}};
  spec["encoding"] = {{"x", axis("time step")}, {"y", axis("standardised value")},
                      {"detail", {{"field", "s"}}},
                      {"color", {{"field", "k"}, {"type", "nominal"}, {"title", nullptr},
                                 {"scale", {{"domain", {"real", "generated"}}, {"range", {kGrey, colour}}}}}}};
  spec["encoding"]["x"]["field"] = "t";
  spec["encoding"]["y"]["field"] = "v";
  return spec;
}

Json projection_chart(const ChartRun& run) {
  if (!run.record.has("plots/features/real") || !run.record.has("plots/features/generated")) return nullptr;
  const Projection p = project(run.record.array("plots/features/real"), run.record.array("plots/features/generated"));
  Json rows = Json::array();
  for (std::size_t i = 0; i < std::max(p.real.size(), p.generated.size()); ++i) {
    if (i < p.real.size()) rows.push_back({{"x", round4(p.real[i][0])}, {"y", round4(p.real[i][1])}, {"k", "real"}});
    if (i < p.generated.size())
      rows.push_back({{"x", round4(p.generated[i][0])}, {"y", round4(p.generated[i][1])}, {"k", "generated"}});
  }
  const std::string colour = chart_colours()[run.colour % chart_colours().size()];
  Json spec = base(250, 190, run.row);
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "circle"}, {"size", 14}, {"opacity", 0.5}};
  spec["encoding"] = {{"x", axis("first axis")}, {"y", axis(fmt::format("second ({:.0f} % together)", 100 * p.explained))},
                      {"color", {{"field", "k"}, {"type", "nominal"}, {"title", nullptr},
                                 {"scale", {{"domain", {"real", "generated"}}, {"range", {kGrey, colour}}}}}}};
  spec["encoding"]["x"]["field"] = "x";
  spec["encoding"]["y"]["field"] = "y";
  return spec;
}

Json codes_chart(const ChartRun& run) {
  if (!run.record.has("tokens/test")) return nullptr;
  const Array& tokens = run.record.array("tokens/test");
  std::map<std::int64_t, std::int64_t> counts;
  const std::int64_t n = tokens.count();
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t token = 0;
    std::memcpy(&token, tokens.data.data() + static_cast<std::size_t>(i) * sizeof token, sizeof token);
    ++counts[token];
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> order;
  for (const auto& [token, count] : counts) order.emplace_back(-count, token);
  std::sort(order.begin(), order.end());
  Json rows = Json::array();
  for (std::size_t i = 0; i < order.size(); ++i)
    rows.push_back({{"r", i + 1}, {"c", order[i].second}, {"p", static_cast<double>(-order[i].first) / static_cast<double>(n)}});
  Json spec = base(250, 110, run.row);
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "bar"}, {"color", chart_colours()[run.colour % chart_colours().size()]}};
  spec["encoding"] = {{"x", {{"field", "r"}, {"type", "ordinal"}, {"title", fmt::format("{} codes in use, by frequency", rows.size())},
                             {"axis", {{"labels", false}, {"ticks", false}}}}},
                      {"y", axis("share of tokens", true)},
                      {"tooltip", {{{"field", "c"}, {"title", "code"}}, {{"field", "p"}, {"title", "share"}, {"format", ".3f"}}}}};
  spec["encoding"]["y"]["field"] = "p";
  return spec;
}

}  // namespace autodidact
