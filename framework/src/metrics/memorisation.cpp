// Do samples repeat the training series? (metrics 5 and the table: nearest-train distance ratio)
#include "metrics/memorisation.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <tuple>

#include "metrics/distance.hpp"
#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

constexpr double kOperations = 2e10;  // differences squared; about 5 s on one thread

at::Tensor flat(const at::Tensor& x) { return x.flatten(1).to(at::kDouble); }

// At most `most` seeded rows.
at::Tensor part(const at::Tensor& rows, std::int64_t most, std::uint64_t seed, const char* purpose) {
  Stream64 stream = stream_for(seed, purpose);
  return rows.index_select(0, draw_subset(rows.size(0), most, stream));
}

double ratio_of(const at::Tensor& to_train, const at::Tensor& to_test) {
  const double far = to_test.mean().item<double>();
  return far > 0 ? to_train.mean().item<double>() / far : kNone;
}

double share_below(const at::Tensor& distances, double radius) {
  return distances.lt(radius).to(at::kDouble).mean().item<double>();
}

// By subsampling the samples: both values are means over them.
std::pair<double, double> sample_interval(double value, std::int64_t n, std::uint64_t seed,
                                          const std::function<double(const at::Tensor& rows)>& of_rows) {
  if (n < 4) return {kNone, kNone};
  std::vector<double> draws;
  Stream64 stream = stream_for(seed, "memorisation interval");
  for (std::int64_t i = 0; i < kIntervalDraws; ++i) draws.push_back(of_rows(draw_subset(n, n / 2, stream)));
  return interval_around(value, draws, deviation_scale(n / 2, n));
}

}  // namespace

at::Tensor nearest_distances(const at::Tensor& rows, const at::Tensor& others, bool same) {
  const Targets targets(others);
  const at::Tensor nearest = at::empty({rows.size(0)}, at::kDouble);
  for (std::int64_t first = 0; first < rows.size(0); first += targets.block()) {
    const std::int64_t count = std::min(targets.block(), rows.size(0) - first);
    const at::Tensor d = targets.squared_distances(rows.narrow(0, first, count));
    if (same) d.scatter_(1, at::arange(first, first + count, at::kLong).unsqueeze(1), INFINITY);
    nearest.narrow(0, first, count).copy_(d.amin(1));
  }
  return nearest.sqrt();
}

void measure_memorisation(const MeasureInput& input, const Sets& series, const FloorRows& equal, Report& report) {
  if (equal.draws.empty() || !report.wants_any({"memorisation", "copy_share"})) return;
  const std::int64_t width = series.test.size(1) * series.test.size(2);
  const auto limit = static_cast<std::int64_t>(std::sqrt(kOperations / (4.0 * static_cast<double>(width))));
  const std::int64_t n = std::min({series.train.size(0), series.test.size(0), limit});
  if (n < 4) {
    report.add_undefined("memorisation", "fewer than 4 series", "train");
    return report.add_undefined("copy_share", "fewer than 4 series", "train");
  }
  // Equal counts of train and test: with more of one its nearest is nearer by chance.
  const at::Tensor train = flat(part(series.train, n, input.seed, "memorisation train"));
  const at::Tensor test = flat(part(series.test, n, input.seed, "memorisation test"));
  const at::Tensor samples = flat(part(series.samples, limit, input.seed, "memorisation samples"));
  const at::Tensor to_train = nearest_distances(samples, train, false);
  const at::Tensor to_test = nearest_distances(samples, test, false);
  const at::Tensor own = nearest_distances(train, train, true), of_test = nearest_distances(test, train, false);
  const double radius = kCopyRadius * std::get<0>(own.sort())[own.size(0) / 2].item<double>();
  const auto fill = [&](Measurement& row) {
    row.n_real = row.n_floor = n;
    row.n_gen = samples.size(0);
    if (samples.size(0) < series.samples.size(0) || n < std::min(series.train.size(0), series.test.size(0)))
      append_note(row.note, "seeded subsets of " + std::to_string(n) + " real and " + std::to_string(samples.size(0)) +
                                " generated series");
  };
  Measurement& ratio = report.add("memorisation", "train");
  ratio.value = ratio_of(to_train, to_test);
  // Half of test in place of the samples, the other half in place of test, equally many of train.
  const std::int64_t half = n / 2;
  const at::Tensor held = test.narrow(0, 0, half);
  ratio.floor = ratio_of(nearest_distances(held, train.narrow(0, 0, half), false),
                         nearest_distances(held, test.narrow(0, half, half), false));
  ratio.value_at_floor = ratio.value;
  std::tie(ratio.low, ratio.high) = sample_interval(
      ratio.value, samples.size(0), input.seed,
      [&](const at::Tensor& rows) { return ratio_of(to_train.index_select(0, rows), to_test.index_select(0, rows)); });
  fill(ratio);
  if (std::isnan(ratio.value)) append_note(ratio.note, "every sample is a test series");

  Measurement& copies = report.add("copy_share", "train");
  copies.value = share_below(to_train, radius);
  copies.floor = share_below(of_test, radius);
  copies.value_at_floor = copies.value;
  std::tie(copies.low, copies.high) =
      sample_interval(copies.value, samples.size(0), input.seed,
                      [&](const at::Tensor& rows) { return share_below(to_train.index_select(0, rows), radius); });
  fill(copies);
  char note[64];
  std::snprintf(note, sizeof note, "nearer than %.6g", radius);
  append_note(copies.note, note);
  if (!(radius > 0)) {
    copies.status = "undefined";
    copies.value = kNone;
    append_note(copies.note, "most training series occur twice");
  }
}

}  // namespace autodidact
