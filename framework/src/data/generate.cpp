// Sources of the three definitions:
//   cbf                N. Saito, "Local feature extraction and its applications using a library of bases", PhD thesis,
//                      Yale University, 1994
//   synthetic_control  R. J. Alcock and Y. Manolopoulos, "Time-series similarity queries employing a feature-based
//                      approach", 7th Hellenic Conference on Informatics, 1999
//   two_patterns       P. Geurts, "Contributions to decision tree induction", PhD thesis, University of Liege, 2002
#include "data/generate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autodidact/plugin/error.hpp"
#include "config/generators.hpp"
#include "config/suggest.hpp"
#include "data/stream.hpp"
#include "data/text.hpp"

namespace autodidact {
namespace {

using Maker = void (*)(Stream& stream, std::int64_t label, double* x, std::int64_t length);

// label 0 cylinder, 1 bell, 2 funnel; t = 1..L.
void make_cbf(Stream& stream, std::int64_t label, double* x, std::int64_t length) {
  const auto a = static_cast<double>(stream.integer(16, 32));
  const double width = static_cast<double>(stream.integer(32, 96)), b = a + width;
  const double height = 6.0 + stream.normal();
  for (std::int64_t i = 0; i < length; ++i) {
    const auto t = static_cast<double>(i + 1);
    const double shape = label == 0 ? 1.0 : label == 1 ? (t - a) / width : (b - t) / width;
    x[i] = (t >= a && t <= b ? height * shape : 0.0) + stream.normal();
  }
}

// label 0 normal, 1 cyclic, 2 rising, 3 falling, 4 shifted up, 5 shifted down.
void make_synthetic_control(Stream& stream, std::int64_t label, double* x, std::int64_t length) {
  const double amplitude = stream.uniform(10, 15), period = stream.uniform(10, 15);
  const double slope = stream.uniform(0.2, 0.5);
  const double change = stream.uniform(20, 40), shift = stream.uniform(7.5, 20);
  for (std::int64_t i = 0; i < length; ++i) {
    const auto t = static_cast<double>(i);
    x[i] = 30.0 + 2.0 * stream.uniform(-3, 3);
    if (label == 1) x[i] += amplitude * std::sin(2.0 * std::numbers::pi * t / period);
    if (label == 2) x[i] += slope * t;
    if (label == 3) x[i] -= slope * t;
    if (label == 4 && t >= change) x[i] += shift;
    if (label == 5 && t >= change) x[i] -= shift;
  }
}

// label 0 down-down, 1 up-down, 2 down-up, 3 up-up: bit 0 is the first step, bit 1 the second.
void make_two_patterns(Stream& stream, std::int64_t label, double* x, std::int64_t length) {
  for (std::int64_t i = 0; i < length; ++i) x[i] = stream.normal();
  const std::int64_t width[2] = {stream.integer(16, 32), stream.integer(16, 32)};
  const std::int64_t free = length - width[0] - width[1];
  const std::int64_t u = stream.integer(0, free), v = stream.integer(0, free);
  const std::int64_t begin[2] = {std::min(u, v), std::max(u, v) + width[0]};
  for (int step = 0; step < 2; ++step) {
    const double first = (label >> step & 1) ? -5.0 : 5.0;  // a step up begins low
    for (std::int64_t i = 0; i < width[step]; ++i) x[begin[step] + i] = i < width[step] / 2 ? first : -first;
  }
}

void z_normalise(double* x, std::int64_t length) {
  double sum = 0, squares = 0;
  for (std::int64_t i = 0; i < length; ++i) sum += x[i];
  const double mean = sum / static_cast<double>(length);
  for (std::int64_t i = 0; i < length; ++i) squares += (x[i] - mean) * (x[i] - mean);
  const double std = std::sqrt(squares / static_cast<double>(length - 1));
  for (std::int64_t i = 0; i < length; ++i) x[i] = (x[i] - mean) / std;
}

std::int64_t option(const GeneratorInfo& info, const ParamInfo& param, const Values& given) {
  const auto found = given.find(param.name);
  if (found == given.end()) return std::stoll(param.default_text);
  const std::string key = "dataset." + info.name + "." + param.name;
  const auto* value = std::get_if<std::int64_t>(&found->second);
  if (!value) throw ConfigError(key + ": expected a whole number");
  if (static_cast<double>(*value) < param.min || static_cast<double>(*value) > param.max)
    throw ConfigError(key + ": found " + std::to_string(*value) + ", expected " +
                      std::to_string(static_cast<std::int64_t>(param.min)) + " to " +
                      std::to_string(static_cast<std::int64_t>(param.max)));
  return *value;
}

const GeneratorInfo& known(const std::string& name) {
  if (const GeneratorInfo* info = find_generator(name)) return *info;
  throw ConfigError("'" + name + "' is no generator");
}

}  // namespace

GeneratorOptions generator_options(const std::string& name, const Values& given) {
  const GeneratorInfo& info = known(name);
  std::vector<std::string> names;
  GeneratorOptions options;
  for (const ParamInfo& param : info.params) {
    const std::int64_t value = option(info, param, given);
    names.push_back(param.name);
    if (param.name == "n_train") options.n_train = value;
    if (param.name == "n_test") options.n_test = value;
    if (param.name == "seed") options.seed = static_cast<std::uint64_t>(value);
  }
  for (const auto& entry : given) {
    if (std::find(names.begin(), names.end(), entry.first) != names.end()) continue;
    const std::string hint = did_you_mean(entry.first, names);
    throw ConfigError("dataset." + name + "." + entry.first + ": unknown option; " +
                      (hint.empty() ? "the options are n_train, n_test, seed" : hint));
  }
  return options;
}

RawTable generate(const std::string& name, std::int64_t n, std::uint64_t seed, Part part) {
  const GeneratorInfo& info = known(name);
  if (n * info.length > kMostValues)
    throw ConfigError("dataset." + name + ": above the limit of " + std::to_string(kMostValues) + " values");
  const Maker make = name == "cbf"                 ? make_cbf
                     : name == "synthetic_control" ? make_synthetic_control
                                                   : make_two_patterns;
  RawTable table;
  table.file = "generator " + name;
  table.n = n;
  table.length = info.length;
  table.values.resize(static_cast<std::size_t>(n * info.length));
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(name, {seed, static_cast<std::uint64_t>(part), static_cast<std::uint64_t>(i)});
    double* x = table.values.data() + i * info.length;
    make(stream, i % info.classes, x, info.length);
    z_normalise(x, info.length);
    table.labels.push_back(std::to_string(i % info.classes + 1));
  }
  return table;
}

}  // namespace autodidact
