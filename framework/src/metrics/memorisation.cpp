// Do samples repeat the training series?
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

Sets flat(const Sets& series) {
  const auto rows = [](const at::Tensor& x) { return x.flatten(1).to(at::kDouble); };
  return {rows(series.train), rows(series.test), rows(series.samples)};
}

// At most `most` seeded rows.
at::Tensor part(const at::Tensor& rows, std::int64_t most, Stream64& stream) {
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

double ratio(const at::Tensor& rows, const at::Tensor& train, const at::Tensor& test) {
  return ratio_of(nearest_distances(rows, train), nearest_distances(rows, test));
}

// Half of test in place of the samples, the other half in place of test, equally many of train; and the samples at
// these counts. Means over the draws.
void put_ratio_floor(const Sets& series, const FloorRows& equal, std::int64_t most, Stream64& stream,
                     Measurement& row) {
  const at::Tensor samples = part(series.samples, most, stream);
  row.n_floor = std::min({series.train.size(0), series.test.size(0) / 2, most / 2});
  row.floor = row.value_at_floor = 0;
  for (const FloorRows::Draw& draw : equal.halves) {
    const auto few = [&](const at::Tensor& rows) { return part(rows, row.n_floor, stream); };
    const at::Tensor train = few(series.train), test = few(series.test.index_select(0, draw.second_half));
    row.floor += ratio(few(series.test.index_select(0, draw.first_half)), train, test);
    row.value_at_floor += ratio(samples, train, test);
  }
  row.floor /= static_cast<double>(equal.halves.size());
  row.value_at_floor /= static_cast<double>(equal.halves.size());
}

void note_subsets(Measurement& row) {
  append_note(row.note, "seeded subsets of " + std::to_string(row.n_real) + " real and " + std::to_string(row.n_gen) +
                            " generated series");
}

// Equal counts of train and test: with more of one its nearest is nearer by chance.
void add_ratio(const MeasureInput& input, const Sets& series, const FloorRows& equal, Report& report) {
  // Of the pairs: 2 for the value, 2.5 for the floor, 5 for the value at it.
  const auto most =
      static_cast<std::int64_t>(std::sqrt(kOperations / (9.5 * static_cast<double>(series.test.size(1)))));
  const std::int64_t n = std::min({series.train.size(0), series.test.size(0), most});
  Stream64 stream = stream_for(input.seed, "memorisation");
  const at::Tensor train = part(series.train, n, stream), test = part(series.test, n, stream);
  const at::Tensor samples = part(series.samples, most, stream);
  const at::Tensor to_train = nearest_distances(samples, train), to_test = nearest_distances(samples, test);
  Measurement& row = report.add("memorisation", "train");
  row.value = ratio_of(to_train, to_test);
  row.n_real = n;
  row.n_gen = samples.size(0);
  const std::int64_t longest = std::max(series.train.size(0), series.test.size(0));
  if (n < longest || row.n_gen < series.samples.size(0)) note_subsets(row);
  if (std::isnan(row.value)) append_note(row.note, "every sample is a test series");
  if (report.values_only()) return;
  put_ratio_floor(series, equal, most, stream, row);
  std::tie(row.low, row.high) = sample_interval(row.value, samples.size(0), input.seed, [&](const at::Tensor& rows) {
    return ratio_of(to_train.index_select(0, rows), to_test.index_select(0, rows));
  });
}

// Against all of train, of which any may have been copied; where that takes too long, fewer samples.
void add_copies(const MeasureInput& input, const Sets& series, Report& report) {
  const at::Tensor& train = series.train;
  const auto most = static_cast<std::int64_t>(kOperations / (3.0 * static_cast<double>(train.numel())));
  Stream64 stream = stream_for(input.seed, "copies");
  const at::Tensor some = draw_subset(train.size(0), most, stream);
  const at::Tensor own = nearest_distances(train.index_select(0, some), train, some);
  const double radius = kCopyRadius * std::get<0>(own.sort())[own.size(0) / 2].item<double>();
  const at::Tensor samples = part(series.samples, most, stream);
  const at::Tensor distances = nearest_distances(samples, train);
  Measurement& row = report.add("copy_share", "train");
  row.n_real = train.size(0);
  row.n_gen = samples.size(0);
  char note[64];
  std::snprintf(note, sizeof note, "nearer than %.6g", radius);
  row.note = note;
  if (row.n_gen < series.samples.size(0)) note_subsets(row);
  if (!(radius > 0)) {
    row.status = "undefined";
    return append_note(row.note, "most training series occur twice");
  }
  row.value = share_below(distances, radius);
  if (report.values_only()) return;
  const at::Tensor test = part(series.test, most, stream);
  row.floor = share_below(nearest_distances(test, train), radius);
  row.value_at_floor = row.value;  // a share does not depend on how many are asked
  row.n_floor = test.size(0);
  std::tie(row.low, row.high) = sample_interval(row.value, samples.size(0), input.seed, [&](const at::Tensor& rows) {
    return share_below(distances.index_select(0, rows), radius);
  });
}

}  // namespace

at::Tensor nearest_distances(const at::Tensor& rows, const at::Tensor& others, const at::Tensor& own) {
  const Targets targets(others);
  const at::Tensor nearest = at::empty({rows.size(0)}, at::kDouble);
  for (std::int64_t first = 0; first < rows.size(0); first += targets.block()) {
    const std::int64_t count = std::min(targets.block(), rows.size(0) - first);
    const at::Tensor d = targets.squared_distances(rows.narrow(0, first, count));
    if (own.defined()) d.scatter_(1, own.narrow(0, first, count).unsqueeze(1), INFINITY);
    nearest.narrow(0, first, count).copy_(d.amin(1));
  }
  return nearest.sqrt();
}

void measure_memorisation(const MeasureInput& input, const Sets& series, const FloorRows& equal, Report& report) {
  if (equal.draws.empty() || !report.wants_any({"memorisation", "copy_share"})) return;
  if (std::min(series.train.size(0), series.test.size(0)) < 4) {
    report.add_undefined("memorisation", "fewer than 4 series", "train");
    return report.add_undefined("copy_share", "fewer than 4 series", "train");
  }
  const Sets rows = flat(series);
  add_ratio(input, rows, equal, report);
  add_copies(input, rows, report);
}

}  // namespace autodidact
