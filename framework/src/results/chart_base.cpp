#include "results/chart_base.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace autodidact {

using Json = nlohmann::json;

const std::vector<std::string>& chart_colours() {
  static const std::vector<std::string> colours = {"#56b4e9", "#cc79a7", "#d55e00", "#0072b2", "#009e73",
                                                   "#e69f00", "#3b4a54", "#5d3a9b", "#7f7f00", "#8c2d04"};
  return colours;
}

const std::string& colour_of(const ChartRun& run) { return chart_colours()[run.colour % chart_colours().size()]; }

Json chart_base(int width, int height, const std::string& title) {
  const Json axis = {{"gridColor", "#eceff1"},  {"domainColor", "#b0b7bd"}, {"tickColor", "#b0b7bd"}, {"tickCount", 5},
                     {"labelColor", "#4a5056"}, {"titleColor", "#4a5056"},  {"titleFontWeight", 400}};
  Json spec = {{"config", {{"font", "system-ui, sans-serif"}, {"view", {{"stroke", nullptr}}}, {"axis", axis}}},
               {"width", width},
               {"height", height},
               {"background", nullptr}};
  if (!title.empty())
    spec["title"] = {{"text", title},  {"anchor", "start"}, {"fontSize", 13}, {"fontWeight", 600},
                     {"limit", width}, {"frame", "group"},  {"offset", 8}};
  return spec;
}

Json channel(const std::string& field, const std::string& title, bool zero) {
  return {{"field", field},
          {"type", "quantitative"},
          {"title", title.empty() ? Json() : Json(title)},
          {"scale", {{"zero", zero}, {"nice", true}}}};
}

Json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.4g}", value).c_str(), nullptr);
}

Json real_or_generated(const ChartRun& run) {
  const Json scale = {{"domain", {"real", "generated"}}, {"range", {kRealColour, colour_of(run)}}};
  return {{"field", "k"}, {"type", "nominal"}, {"legend", nullptr}, {"scale", scale}};
}

}  // namespace autodidact
