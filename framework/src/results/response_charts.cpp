// A study of corruptions as pictures: a field of all pairs, and curves.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/chart_base.hpp"
#include "results/html.hpp"
#include "results/page.hpp"
#include "results/response.hpp"

namespace autodidact {

using Json = nlohmann::json;

namespace {

constexpr double kFar = 100;  // half-widths of the interval; beyond, a curve is cut

Json order_of(const std::vector<std::string>& names) { return Json(names); }

// One square a measure and corruption: dark where it leaves early, empty where it is blind.
Json field(const Responses& r) {
  Json rows = Json::array();
  for (const std::string& measure : r.measures)
    for (const std::string& corruption : r.corruptions) {
      if (r.reactions.at(measure).at(corruption).empty()) continue;
      const std::int64_t all = r.leaves_everywhere(measure, corruption), some = r.leaves_somewhere(measure, corruption);
      const std::string label = all > 0 ? std::to_string(all) : some > 0 ? fmt::format("({})", some) : "";
      rows.push_back({{"m", measure},
                      {"c", corruption},
                      {"level", all > 0    ? Json(all)
                                : some > 0 ? Json(some)
                                           : Json(nullptr)},
                      {"share", all > 0    ? 1.0
                                : some > 0 ? 0.45
                                           : 0.0},
                      {"label", label}});
    }
  const auto width = static_cast<int>(56 * r.corruptions.size()), height = static_cast<int>(18 * r.measures.size());
  Json spec = chart_base(width, height, "First strength at which a measure leaves the interval of real series");
  spec["data"] = {{"values", rows}};
  const Json x = {{"field", "c"},
                  {"type", "nominal"},
                  {"sort", order_of(r.corruptions)},
                  {"title", nullptr},
                  {"axis", {{"orient", "top"}, {"labelAngle", -40}, {"ticks", false}, {"domain", false}}}};
  const Json y = {{"field", "m"},
                  {"type", "nominal"},
                  {"sort", order_of(r.measures)},
                  {"title", nullptr},
                  {"axis", {{"ticks", false}, {"domain", false}, {"labelLimit", 220}}}};
  const Json colour = {{"field", "level"},
                       {"type", "quantitative"},
                       {"title", "strength"},
                       {"scale", {{"domain", {1, 5}}, {"range", {"#08519c", "#d6e6f4"}}}},
                       {"legend", {{"values", {1, 2, 3, 4, 5}}}}};
  const Json layer = {{{"mark", {{"type", "rect"}, {"stroke", "white"}}},
                       {"encoding",
                        {{"x", x},
                         {"y", y},
                         {"color", colour},
                         {"opacity", {{"field", "share"}, {"type", "quantitative"}, {"scale", nullptr}}}}}},
                      {{"mark", {{"type", "text"}, {"fontSize", 10}}},
                       {"encoding",
                        {{"x", x},
                         {"y", y},
                         {"text", {{"field", "label"}}},
                         {"color",
                          {{"condition", {{"test", "datum.level <= 2 && datum.share == 1"}, {"value", "white"}}},
                           {"value", "#222"}}}}}}};
  spec["layer"] = layer;
  return spec;
}

// Deviation from the uncorrupted value in half-widths of its interval, by level: beyond 1 it has left.
Json curves(const Responses& r, const std::string& corruption) {
  Json rows = Json::array();
  for (const std::string& measure : r.measures) {
    if (r.classes.at(measure) != "core") continue;
    for (const auto& [dataset, reaction] : r.reactions.at(measure).at(corruption)) {
      const double half = 0.5 * (reaction.high - reaction.low);
      if (!(half > 0)) continue;
      for (std::size_t i = 1; i < reaction.values.size(); ++i) {
        const double far = std::abs(reaction.values[i] - reaction.values[0]) / half;
        if (!std::isfinite(far)) continue;
        rows.push_back({{"m", measure}, {"d", dataset}, {"l", i}, {"v", rounded(std::clamp(far, 0.1, kFar))}});
      }
    }
  }
  if (rows.empty()) return nullptr;
  Json spec = chart_base(260, 200, corruption);
  spec["data"] = {{"values", rows}};
  const Json y = {{"field", "v"},
                  {"type", "quantitative"},
                  {"title", "half-widths"},
                  {"scale", {{"type", "log"}, {"domain", {0.1, kFar}}}}};
  const Json x = {{"field", "l"}, {"type", "ordinal"}, {"title", "level"}, {"axis", {{"labelAngle", 0}}}};
  const Json line = {{"mark", {{"type", "line"}, {"point", {{"size", 18}}}, {"strokeWidth", 1.2}}},
                     {"encoding",
                      {{"x", x},
                       {"y", y},
                       {"color", {{"field", "m"}, {"type", "nominal"}, {"title", nullptr}}},
                       {"strokeDash", {{"field", "d"}, {"type", "nominal"}, {"title", nullptr}}},
                       {"tooltip", {{{"field", "m"}}, {{"field", "d"}}, {{"field", "v"}}}}}}};
  const Json edge = {{"mark", {{"type", "rule"}, {"color", kRealColour}, {"strokeDash", {4, 3}}}},
                     {"encoding", {{"y", {{"datum", 1}}}}}};
  spec["layer"] = {line, edge};
  return spec;
}

}  // namespace

std::string responses_vega(const Responses& responses) {
  Json spec = field(responses);
  spec["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json";
  return spec.dump(1);
}

std::string responses_page(const Responses& responses) {
  Page page;
  page.add(
      "<h1>Do the measures see what they claim?</h1><p>Real series are spoilt in five strengths and measured as if "
      "they were samples. A square names the first strength from which on the measure lies outside the 95 % interval "
      "of the series as they are; in brackets: not on every dataset; empty: blind.</p>");
  page.chart(field(responses));
  page.add(
      "<h2>How far core measures move</h2><p>Deviation from the value of the series as they are, in half-widths of "
      "its interval (dashed: 1, cut at 100).</p>");
  for (const std::string& corruption : responses.corruptions) page.chart(curves(responses, corruption));
  return page.text("Do the measures see what they claim?");
}

}  // namespace autodidact
