// Charts of series, features and codes of one run.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "results/chart_base.hpp"
#include "results/projection.hpp"

namespace autodidact {

using Json = nlohmann::json;

namespace {

constexpr std::int64_t kSeries = 10, kPairs = 6;

// The first channel of series (N, C, L) of float32.
class Series {
 public:
  explicit Series(const Array& x) : x_(x) {}
  std::int64_t count() const { return x_.shape[0]; }
  std::int64_t length() const { return x_.shape[2]; }
  double at(std::int64_t i, std::int64_t t) const {
    float value = 0;
    const std::int64_t index = i * x_.shape[1] * x_.shape[2] + t;
    std::memcpy(&value, x_.data.data() + static_cast<std::size_t>(index) * sizeof value, sizeof value);
    return value;
  }

 private:
  const Array& x_;
};

bool drawable(const Record& record, const char* path) {
  if (!record.has(path)) return false;
  const Array& x = record.array(path);
  return x.type == Type::f32 && x.shape.size() == 3 && x.count() > 0;
}
bool has_series(const Record& record) {
  return drawable(record, "plots/series/real") && drawable(record, "samples/unconditional/x") &&
         record.array("plots/series/real").shape[2] == record.array("samples/unconditional/x").shape[2];
}

// Rows {t, v, s: which line, k: kind, p: which panel}.
void add_line(Json& rows, const Series& x, std::int64_t i, const char* kind, std::int64_t panel) {
  for (std::int64_t t = 0; t < x.length(); ++t)
    rows.push_back(
        {{"t", t}, {"v", rounded(x.at(i, t))}, {"s", fmt::format("{}{}", kind, i)}, {"k", kind}, {"p", panel}});
}

std::int64_t nearest(const Series& real, const Series& samples, std::int64_t sample) {
  std::int64_t best = 0;
  double least = INFINITY;
  for (std::int64_t i = 0; i < real.count(); ++i) {
    double distance = 0;
    for (std::int64_t t = 0; t < real.length(); ++t) {
      const double d = real.at(i, t) - samples.at(sample, t);
      distance += d * d;
    }
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

}  // namespace

Json series_chart(const ChartRun& run) {
  if (!has_series(run.record)) return nullptr;
  const Series real(run.record.array("plots/series/real")), samples(run.record.array("samples/unconditional/x"));
  Json rows = Json::array();
  for (std::int64_t i = 0; i < std::min(kSeries, real.count()); ++i) add_line(rows, real, i, "real", 0);
  for (std::int64_t i = 0; i < std::min(kSeries, samples.count()); ++i) add_line(rows, samples, i, "generated", 0);
  Json spec = chart_base(340, 150, run.row);
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "line"}, {"strokeWidth", 1.1}};
  spec["encoding"] = {{"x", channel("t", "time step")},
                      {"y", channel("v", "standardised value")},
                      {"detail", {{"field", "s"}, {"type", "nominal"}}},
                      {"color", real_or_generated(run)},
                      {"opacity", {{"condition", {{"test", "datum.k == 'real'"}, {"value", 0.45}}}, {"value", 0.6}}}};
  return spec;
}

Json pairs_chart(const ChartRun& run) {
  if (!has_series(run.record)) return nullptr;
  const Series real(run.record.array("plots/series/real")), samples(run.record.array("samples/unconditional/x"));
  Json rows = Json::array();
  for (std::int64_t i = 0; i < std::min(kPairs, samples.count()); ++i) {
    add_line(rows, real, nearest(real, samples, i), "real", i);
    add_line(rows, samples, i, "generated", i);
  }
  Json spec = chart_base(0, 0, run.row);
  spec.erase("width");
  spec.erase("height");
  spec["title"].erase("limit");
  const Json bare = {{"labels", false}, {"ticks", false}, {"domain", false}, {"grid", false}};
  Json x = channel("t", ""), y = channel("v", "");
  x["axis"] = y["axis"] = bare;
  spec["data"] = {{"values", rows}};
  spec["facet"] = {{"field", "p"},
                   {"type", "ordinal"},
                   {"title", nullptr},
                   {"header", {{"title", nullptr}, {"labelExpr", "''"}, {"labelFontSize", 1}, {"labelPadding", 0}}}};
  spec["columns"] = 3;
  spec["spacing"] = 6;
  spec["spec"] = {
      {"width", 118},
      {"height", 66},
      {"view", {{"stroke", "#e4e7ea"}}},
      {"mark", {{"type", "line"}, {"strokeWidth", 1.3}}},
      {"encoding",
       {{"x", x}, {"y", y}, {"detail", {{"field", "s"}, {"type", "nominal"}}}, {"color", real_or_generated(run)}}}};
  return spec;
}

Json projection_chart(const ChartRun& run) {
  if (!run.record.has("plots/features/real") || !run.record.has("plots/features/generated")) return nullptr;
  const Projection p = project(run.record.array("plots/features/real"), run.record.array("plots/features/generated"));
  if (p.real.empty()) return nullptr;
  Json rows = Json::array();  // in turns, so that neither cloud hides the other
  const auto add = [&](const std::vector<std::array<double, 2>>& points, std::size_t i, const char* kind) {
    if (i < points.size()) rows.push_back({{"x", rounded(points[i][0])}, {"y", rounded(points[i][1])}, {"k", kind}});
  };
  for (std::size_t i = 0; i < std::max(p.real.size(), p.generated.size()); ++i) {
    add(p.real, i, "real");
    add(p.generated, i, "generated");
  }
  Json spec = chart_base(340, 230, run.row);
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "circle"}, {"size", 16}, {"opacity", 0.55}};
  spec["encoding"] = {{"x", channel("x", fmt::format("first axis ({:.0f} % of the variance)", 100 * p.explained[0]))},
                      {"y", channel("y", fmt::format("second axis ({:.0f} %)", 100 * p.explained[1]))},
                      {"color", real_or_generated(run)}};
  return spec;
}

Json codes_chart(const ChartRun& run) {
  if (!run.record.has("tokens/test")) return nullptr;
  const Array& tokens = run.record.array("tokens/test");
  const std::int64_t n = tokens.count();
  if (tokens.type != Type::i64 || n == 0) return nullptr;
  std::map<std::int64_t, std::int64_t> counts;
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t token = 0;
    std::memcpy(&token, tokens.data.data() + static_cast<std::size_t>(i) * sizeof token, sizeof token);
    ++counts[token];
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> order;  // (-count, code)
  for (const auto& [token, count] : counts) order.emplace_back(-count, token);
  std::sort(order.begin(), order.end());
  Json rows = Json::array();
  for (std::size_t i = 0; i < order.size(); ++i)
    rows.push_back({{"r", i + 1},
                    {"c", order[i].second},
                    {"p", rounded(100.0 * static_cast<double>(-order[i].first) / static_cast<double>(n))}});
  Json spec = chart_base(340, 110, run.row);
  spec["data"] = {{"values", rows}};
  spec["mark"] = {{"type", "bar"}, {"color", colour_of(run)}, {"binSpacing", 1}};
  Json x = {{"field", "r"},
            {"type", "ordinal"},
            {"title", fmt::format("{} codes in use", rows.size())},
            {"axis", {{"labels", false}, {"ticks", false}}}};
  spec["encoding"] = {{"x", x},
                      {"y", channel("p", "% of tokens", true)},
                      {"tooltip", {{{"field", "c"}, {"title", "code"}}, {{"field", "p"}, {"title", "% of tokens"}}}}};
  return spec;
}

}  // namespace autodidact
