// Kernel distances as measures: KID on features, Gaussian MMD on series.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "metrics/families.hpp"
#include "metrics/mmd.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kSubsets = 100, kLargest = 1000;
constexpr std::int64_t kScaleRows = 1024;   // real series behind the median distance
constexpr std::int64_t kKernelRows = 2048;  // of each set in the Gaussian kernel's sums
constexpr std::int64_t kSmall = 4;          // rows below which an estimate says nothing

// The published estimate: mean over 100 subsets of min(1000, N / 2) rows, drawn anew from both sets.
std::vector<double> subset_distances(const at::Tensor& real, const at::Tensor& generated, std::uint64_t seed) {
  const std::int64_t m = std::min(kLargest, std::min(real.size(0), generated.size(0)) / 2);
  Stream64 left = stream_for(seed, "kid real"), right = stream_for(seed, "kid generated");
  std::vector<double> values;
  for (std::int64_t i = 0; i < kSubsets; ++i)
    values.push_back(kernel_mmd2(real.index_select(0, draw_subset(real.size(0), m, left)),
                                 generated.index_select(0, draw_subset(generated.size(0), m, right))));
  return values;
}

// m rows spread over all: files often stand in the order of their classes.
at::Tensor spread(const at::Tensor& rows, std::int64_t m) {
  if (rows.size(0) == m) return rows;
  return rows.index_select(0, at::arange(m, at::kLong).mul(rows.size(0)).div(m, "floor"));
}

// Unbiased at every count, so sets need not be cut to equal sizes but for the estimate itself.
std::vector<Outcome> kid(const at::Tensor& real, const at::Tensor& generated) {
  const std::int64_t m = std::min({real.size(0), generated.size(0), kLargest});
  if (m < kSmall) return {{kNone, "undefined", "fewer than " + std::to_string(kSmall) + " series"}};
  return {{kernel_mmd2(spread(real, m), spread(generated, m)), "ok", ""}};
}

void add_kid(const MeasureInput& input, const Seen& seen, const FloorRows& equal, Report& report) {
  const bool fcn = seen.fcn.samples.defined();
  const Sets& features = fcn ? seen.fcn : seen.rocket;
  if (!features.samples.defined() || !report.wants("kid")) return;
  SetMeasure measure{{"kid"}, kid};
  measure.extractor = fcn ? input.fcn->digest : input.rocket.digest;
  measure.most_numbers = kLargest * features.test.size(1);  // no more rows than one estimate takes
  if (std::min(features.test.size(0), features.samples.size(0)) < 2 * kSmall)
    return report.add_undefined("kid", "fewer than " + std::to_string(2 * kSmall) + " series");
  compare_sets(measure, features, equal, report);
  if (report.values_only()) return;
  Measurement& row = report.last();
  const double first = row.value, low = row.low, high = row.high;
  put_repeats(subset_distances(features.test, features.samples, report.seed()), row);
  // The subsets overlap: no interval of their mean follows from their spread by t. That of the estimate is moved to it.
  row.low = low + row.value - first;
  row.high = high + row.value - first;
  append_note(row.note, "mean and std over 100 subsets");
}

// A seeded part of each set: the sums are over pairs.
Sets flat_part(const Sets& series, std::int64_t most, std::uint64_t seed) {
  const auto part = [&](const at::Tensor& x, const char* purpose) {
    if (!x.defined()) return at::Tensor();
    Stream64 stream = stream_for(seed, purpose);
    return x.index_select(0, draw_subset(x.size(0), most, stream)).flatten(1).to(at::kDouble);
  };
  return {part(series.train, "mmd train"), part(series.test, "mmd test"), part(series.samples, "mmd samples"),
          part(series.unigram, "mmd unigram")};
}

void add_mmd(const MeasureInput& input, const Sets& series, Report& report) {
  if (!series.samples.defined() || !series.train.defined() || !report.wants("mmd")) return;
  const at::Tensor train = flat_part(series, kScaleRows, 1).train;  // of the dataset: whatever the run's seed
  const double scale = train.size(0) > 1 ? median_distance(train) : 0;
  if (!(scale > 0)) return report.add_undefined("mmd", "the median distance of training series is 0");
  SetMeasure measure{{"mmd"}, [scale](const at::Tensor& real, const at::Tensor& generated) {
                       return std::vector<Outcome>{{gaussian_mmd2(real, generated, scale), "ok", ""}};
                     }};
  measure.most_numbers = 1 << 16;
  const Sets few = flat_part(series, kKernelRows, input.seed);
  compare_sets(measure, few, floor_rows(few, input.seed, input.repeats), report);
  char note[48];
  std::snprintf(note, sizeof note, "length scale %.6g", scale);
  append_note(report.last().note, note);
}

}  // namespace

void measure_discrepancy(const MeasureInput& input, const Sets& series, const Seen& seen, const FloorRows& equal,
                         Report& report) {
  add_kid(input, seen, equal, report);
  add_mmd(input, series, report);
}

}  // namespace autodidact
