#include "results/augmentation_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "results/chart_base.hpp"
#include "results/html.hpp"
#include "results/page.hpp"

namespace autodidact {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kChannels = 8;  // drawn of one series
constexpr int kWidth = 340;           // three beside each other
constexpr const char* kBeforeColour = "#c3c9ce";
constexpr const char* kAfterColour = "#0072b2";

std::string sentence(const std::string& text) {
  if (text.empty()) return "";
  return std::string(1, static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())))) + text.substr(1) +
         ".";
}

// The steps in words, then all of their parameters in one table.
std::string steps_html(const std::vector<AugmentationStep>& steps) {
  std::string words, rows;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const AugmentationKind& kind = *find_augmentation_kind(steps[i].kind);
    words += fmt::format("<li><b>{}</b> {} {}</li>", escaped(kind.name), escaped(sentence(kind.doc)),
                         kind.moves ? "It moves positions in time." : "Every value keeps its place in time.");
    for (const ParamInfo& info : kind.params) {
      const auto given = steps[i].params.find(info.name);
      const std::string value = given != steps[i].params.end() ? to_toml(given->second) : info.default_text;
      rows += fmt::format("<tr><td>{}. {}</td>", i + 1, escaped(kind.name));
      for (const std::string& cell : {info.name, value, info.default_text, info.unit, info.doc})
        rows += "<td>" + escaped(cell) + "</td>";
      rows += "</tr>";
    }
  }
  return "<ol>" + words +
         "</ol><div class=scroll><table class=words><tr><th>step</th><th>parameter</th><th>value</th><th>default</th>"
         "<th>unit</th><th>what</th></tr>" +
         rows + "</table></div>";
}

// One channel of a series: wide and grey as it was, thin and blue as it is.
Json channel_layers(const AugmentedSeries& series, std::size_t c) {
  const auto line = [](const std::vector<double>& values, const char* kind, double width, const char* colour) {
    Json rows = Json::array();
    for (std::size_t t = 0; t < values.size(); ++t) rows.push_back({{"t", t}, {"v", rounded(values[t])}, {"k", kind}});
    Json mark = {{"type", values.size() == 1 ? "circle" : "line"}, {"color", colour}, {"strokeWidth", width}};
    return Json{{"data", {{"values", rows}}},
                {"mark", mark},
                {"encoding",
                 {{"x", channel("t", "time step")},
                  {"y", channel("v", "standardised value")},
                  {"tooltip",
                   {{{"field", "k"}, {"title", "series"}},
                    {{"field", "t"}, {"title", "time step"}},
                    {{"field", "v"}, {"title", "value"}}}}}}};
  };
  Json x = line(series.before[c], "original", 3, kBeforeColour),
       y = line(series.after[c], "augmented", 1.3, kAfterColour);
  for (Json* layer : {&x, &y}) {
    (*layer)["encoding"]["x"]["scale"]["nice"] = false;
    (*layer)["encoding"]["y"]["axis"] = {{"minExtent", 28}};  // panels begin below each other
  }
  return Json::array({x, y});
}

// All channels of one series, below each other.
Json example_chart(const AugmentedSeries& series) {
  std::string title = fmt::format("training series {}", series.index + 1);
  if (!series.label.empty()) title += ", class " + series.label;
  const std::size_t channels = series.before.size();
  if (channels == 1) {
    Json spec = chart_base(kWidth, 180, title);
    spec["layer"] = channel_layers(series, 0);
    return spec;
  }
  Json spec = chart_base(kWidth, 0, title), parts = Json::array();
  spec.erase("width");
  spec.erase("height");
  for (std::size_t c = 0; c < std::min(channels, kChannels); ++c) {
    Json part = {{"width", kWidth}, {"height", 110}, {"layer", channel_layers(series, c)}};
    for (Json& layer : part["layer"]) {
      layer["encoding"]["y"]["title"] = fmt::format("channel {}", c + 1);
      if (c + 1 < std::min(channels, kChannels)) layer["encoding"]["x"]["title"] = nullptr;
    }
    parts.push_back(part);
  }
  spec["vconcat"] = parts;
  spec["spacing"] = 10;
  return spec;
}

}  // namespace

std::string augmentation_page(const AugmentationSet& set, const AugmentationExamples& examples) {
  Page page;
  const std::size_t channels = examples.series.empty() ? 0 : examples.series.front().before.size();
  page.add(
      fmt::format("<h1>Augmentation “{}” on {}</h1><p class=facts>{} step{}; {} series of the training set, drawn "
                  "with seed {}.",
                  escaped(set.name), escaped(examples.dataset), set.steps.size(), set.steps.size() == 1 ? "" : "s",
                  examples.series.size(), examples.seed));
  if (channels > kChannels) page.add(fmt::format(" The first {} of {} channels are shown.", kChannels, channels));
  page.add("</p>");
  if (set.steps.size() > 1) page.add("<p>" + escaped(sentence(set.doc)) + "</p>");
  page.add(steps_html(set.steps));
  page.add(fmt::format(
      "<h2>Examples</h2><p>The first training series of the classes in turn, standardised with the statistics of the "
      "training set, each with one draw of the augmentation.</p><div class=legend><span><span class=dot "
      "style=\"background:{}\"></span>original</span><span><span class=dot style=\"background:{}\"></span>"
      "augmented</span></div><div class=\"charts spaced\">",
      kBeforeColour, kAfterColour));
  for (const AugmentedSeries& series : examples.series) page.chart(example_chart(series));
  page.add("</div>");
  return page.text("Augmentation " + set.name + " on " + examples.dataset);
}

}  // namespace autodidact
