#include "data/samples.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <vector>

#include "autodidact/plugin/error.hpp"
#include "data/labels.hpp"
#include "data/readers.hpp"
#include "data/scaling.hpp"
#include "data/text.hpp"
#include "results/file.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kFewest = 10;

struct Raw {
  at::Tensor x;  // (N, a, b) float64
  std::vector<std::string> labels;
  bool flat = false;     // one series a row: no channels to confuse with time
  bool indices = false;  // labels count the classes, as files of this program have them
};

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw DataError(file.string() + ": " + what);
}

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + ")";
}

at::Tensor to_double(const Array& array, const std::filesystem::path& file, const std::string& path) {
  static const std::map<Type, at::ScalarType> kTypes = {
      {Type::f32, at::kFloat}, {Type::f64, at::kDouble}, {Type::i64, at::kLong},    {Type::i32, at::kInt},
      {Type::i16, at::kShort}, {Type::u8, at::kByte},    {Type::boolean, at::kBool}};
  if (array.count() > kMostValues)
    fail(file, path + " is above the limit of " + std::to_string(kMostValues) + " values");
  auto* data = const_cast<std::byte*>(array.data.data());
  return at::from_blob(data, array.shape, kTypes.at(array.type)).to(at::kDouble).clone();
}

Raw read_hdf5(const std::filesystem::path& file) {
  const Record record = read_record(file, {[](const std::string& path) { return !path.starts_with("weights/"); }});
  std::string x;
  for (const char* path : {"x", "samples", "samples/unconditional/x"})
    if (x.empty() && record.has(path)) x = path;
  if (x.empty() && record.arrays.size() == 1) x = record.arrays.begin()->first;
  if (x.empty()) {
    std::string names;
    for (const auto& [name, array] : record.arrays)
      if (names.size() < 200) names += (names.empty() ? "" : ", ") + name;
    fail(file, "found the arrays " + (names.empty() ? "(none)" : names) + "; expected one named x");
  }
  Raw raw;
  const Array& array = record.array(x);
  if (array.shape.size() != 2 && array.shape.size() != 3)
    fail(file, x + " has shape " + shape_text(array.shape) + ", expected (N, L), (N, C, L) or (N, L, C)");
  raw.flat = array.shape.size() == 2;
  raw.x = to_double(array, file, x);
  if (raw.flat) raw.x = raw.x.unsqueeze(1);
  std::string y = x;
  y.back() = 'y';
  if (x.back() != 'x' || !record.has(y)) return raw;  // labels stand beside: x and y, a/x and a/y
  const auto root = record.attributes.find("");
  raw.indices = root != record.attributes.end() && root->second.count("run_id") > 0;
  const at::Tensor labels = to_double(record.array(y), file, y).flatten();
  for (std::int64_t i = 0; i < labels.size(0); ++i) raw.labels.push_back(class_name(labels[i].item<double>()));
  return raw;
}

Raw read_raw(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".h5" || ending == ".hdf5") return read_hdf5(file);
  RawTable table = read_table(file);
  Raw raw;
  raw.x = at::from_blob(table.values.data(), {table.n, table.channels, table.length}, at::kDouble).clone();
  raw.labels = std::move(table.labels);
  raw.flat = table.channels == 1;
  return raw;
}

std::vector<std::string> read_labels(const std::filesystem::path& file) {
  if (file.extension() == ".npy") return take_npy_labels(read_whole(file), file.string());
  const std::string text = read_whole(file);
  std::vector<std::string> labels;
  std::string_view rest = text, line;
  while (next_line(rest, line)) labels.emplace_back(trimmed(line));
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  return labels;
}

// (N, C, L), the axes told apart by the dataset's counts.
at::Tensor arranged(const SampleFile& from, const Raw& raw, const Dataset& data) {
  const std::int64_t channels = data.channels, length = data.length, a = raw.x.size(1), b = raw.x.size(2);
  const std::string wanted =
      data.name + " has " + std::to_string(channels) + " channel(s) of length " + std::to_string(length);
  const std::string found = raw.flat ? shape_text({raw.x.size(0), b}) : shape_text(raw.x.sizes());
  const bool as_is = a == channels && b == length, turned = !raw.flat && a == length && b == channels;
  if (!from.layout.empty()) {
    const bool fits = from.layout == "NCL" ? as_is : turned;
    if (!fits) fail(from.file, "found shape " + found + ", which is not " + from.layout + ": " + wanted);
    return from.layout == "NCL" ? raw.x : raw.x.transpose(1, 2).contiguous();
  }
  if (as_is && turned && channels > 1)
    fail(from.file,
         "shape " + found + " may be (N, C, L) or (N, L, C): " + wanted + ". Say which by --layout NCL or NLC");
  if (as_is) return raw.x;
  if (turned) return raw.x.transpose(1, 2).contiguous();
  const std::int64_t longest = std::max(a, b);
  if (std::min(a, b) == channels && longest != length)
    fail(from.file, "found series of length " + std::to_string(longest) + " (shape " + found + "), expected " +
                        std::to_string(length) + ": " + wanted +
                        ". Samples are compared point by point and must be as long");
  fail(from.file, "found shape " + found + ", which is neither (N, C, L) nor (N, L, C) of this data: " + wanted);
}

void check_finite(const SampleFile& from, const at::Tensor& x) {
  const at::Tensor wrong = x.isfinite().logical_not();
  if (!wrong.any().item<bool>()) return;
  const at::Tensor first = wrong.nonzero()[0];
  const auto at = [&](int d) { return std::to_string(first[d].item<std::int64_t>()); };
  fail(from.file, std::to_string(wrong.sum().item<std::int64_t>()) +
                      " values are missing or infinite, the first at (sample " + at(0) + ", channel " + at(1) +
                      ", time " + at(2) +
                      "). A generator that fails on some series is "
                      "measured with all it made: leave none out, and write finite values");
}

struct Moments {
  double mean, std, low, high;
};
Moments moments(const at::Tensor& x) {
  return {x.mean().item<double>(), x.std(/*unbiased=*/false).item<double>(), x.min().item<double>(),
          x.max().item<double>()};
}
std::string text(const Moments& m) {
  char line[128];
  std::snprintf(line, sizeof line, "mean %.4g, deviation %.4g, from %.4g to %.4g", m.mean, m.std, m.low, m.high);
  return line;
}

// Range and moments of the samples against those of real train, in the data's own units. A bad generator may be far off
// too: only what looks like a known scaling, or is off by more than a collapse explains, is refused.
std::optional<std::string> other_scaling(const Moments& made, const Moments& real) {
  const auto near = [&](double mean, double std) {
    return std::abs(made.mean - mean) < 0.25 * std && made.std > 0.6 * std && made.std < 1.6 * std;
  };
  if (near(real.mean, real.std) || made.std == 0) return std::nullopt;
  const bool inside = made.low >= -1e-3 && made.high <= 1 + 1e-3, real_inside = real.low >= -0.1 && real.high <= 1.1;
  if (inside && !real_inside && made.high - made.low > 0.5) return "they look scaled to [0, 1]: scale them back";
  const bool wide = made.low >= -1 - 1e-3 && made.high <= 1 + 1e-3, real_wide = real.low >= -1.2 && real.high <= 1.2;
  if (wide && !real_wide && made.low < -0.9 && made.high > 0.9) return "they look scaled to [-1, 1]: scale them back";
  const bool standard = std::abs(real.mean) < 0.3 && real.std > 0.5 && real.std < 2;
  if (!standard && near(0, 1)) return "they look standardised: give --scaled, or multiply them back";
  const double factor = made.std / real.std;
  if (factor > 20 || factor < 0.005) return "the scale is off by a factor of " + std::to_string(factor);
  return std::nullopt;
}

void check_scale(const SampleFile& from, const at::Tensor& x, const Dataset& data) {
  if (from.any_scale) return;
  const at::Tensor real = data.train.x.to(at::kDouble);
  const at::Tensor in_units = from.scaled ? real : real * per_channel(data.std) + per_channel(data.mean);
  const Moments made = moments(x), wanted = moments(in_units);
  if (const auto why = other_scaling(made, wanted))
    fail(from.file, "values of the samples (" + text(made) + ") are not scaled as those of " + data.name + " (" +
                        text(wanted) + "): " + *why + ". --any-scale measures them as they are");
}

at::Tensor class_indices(const std::filesystem::path& file, const std::vector<std::string>& labels, bool indices,
                         const Dataset& data) {
  std::map<std::string, std::int64_t> index;
  std::string names;
  for (const std::string& name : data.class_names) {
    const auto next = static_cast<std::int64_t>(index.size());
    index.emplace(indices ? std::to_string(next) : name, next);
    if (names.size() < 200) names += (names.empty() ? "" : ", ") + name;
  }
  const at::Tensor y = at::empty({static_cast<std::int64_t>(labels.size())}, at::kLong);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto found = index.find(labels[i]);
    if (found == index.end()) found = index.find(class_name(labels[i]));
    if (found == index.end())
      fail(file, "label '" + labels[i] + "' of series " + std::to_string(i) + " is none of " + data.name + ": " +
                     (names.empty() ? "it has no labels" : names));
    y[static_cast<std::int64_t>(i)] = found->second;
  }
  return y;
}

}  // namespace

Series read_samples(const SampleFile& from, const Dataset& data) {
  Raw raw = read_raw(from.file);
  if (!from.labels.empty()) raw.labels = read_labels(from.labels);
  const at::Tensor x = arranged(from, raw, data);
  if (x.size(0) < kFewest)
    fail(from.file, "found " + std::to_string(x.size(0)) + " series; measures of sets need at least " +
                        std::to_string(kFewest) + ", and a row of the leaderboard has max(test series, 1024)");
  check_finite(from, x);
  check_scale(from, x, data);
  Series series;
  series.x = (from.scaled ? x : (x - per_channel(data.mean)) / per_channel(data.std)).to(at::kFloat).contiguous();
  if (raw.labels.empty()) return series;
  const std::filesystem::path& named = from.labels.empty() ? from.file : from.labels;
  if (static_cast<std::int64_t>(raw.labels.size()) != x.size(0))
    fail(named, "found " + std::to_string(raw.labels.size()) + " labels for " + std::to_string(x.size(0)) + " series");
  series.y = class_indices(named, raw.labels, raw.indices && from.labels.empty(), data);
  return series;
}

}  // namespace autodidact
