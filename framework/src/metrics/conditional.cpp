// Are conditional samples what they were asked to be?
#include <ATen/ATen.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "metrics/families.hpp"
#include "metrics/frechet.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

void add_accuracy(const MeasureInput& input, const at::Tensor& probabilities, Report& report) {
  const at::Tensor right = probabilities.argmax(1).eq(input.conditional_y);
  Measurement& row = report.add("conditional_accuracy");
  row.value = row.value_at_floor = right.to(at::kDouble).mean().item<double>();
  std::tie(row.low, row.high) = share_interval(row.value, right.size(0));
  row.floor = input.fcn_test_accuracy;
  row.n_real = row.n_floor = input.test_x.size(0);
  row.n_gen = right.size(0);
  row.extractor = input.fcn->digest;
}

at::Tensor of_class(const at::Tensor& rows, const at::Tensor& labels, std::int64_t c) {
  return rows.index_select(0, labels.eq(c).nonzero().flatten());
}

// Real test against train of one class, and against its samples, at the same counts.
struct ClassFloor {
  std::int64_t n = 0;
  double floor = kNone, at_floor = kNone;
};
ClassFloor class_floor(const at::Tensor& real, const at::Tensor& train, const at::Tensor& made, Stream64& stream) {
  const std::int64_t n = std::min({real.size(0), train.size(0), made.size(0)});
  if (n < 2) return {};
  const auto few = [&](const at::Tensor& rows) { return rows.index_select(0, draw_subset(rows.size(0), n, stream)); };
  const at::Tensor test = few(real);
  return {n, frechet_distance(test, few(train)), frechet_distance(test, few(made))};
}

// Mean over the classes, with the spread over classes as std; the floor likewise, of train against test.
void add_by_class(const MeasureInput& input, const Seen& seen, Report& report) {
  std::vector<double> values, floors, at_floors;
  std::int64_t fewest = input.test_x.size(0), left_out = 0, n_floor = 0;
  Stream64 stream = stream_for(input.seed, "floor by class");
  for (std::int64_t c = 0; c < *input.n_classes; ++c) {
    const at::Tensor real = of_class(seen.fcn.test, input.test_y, c);
    const at::Tensor made = of_class(seen.fcn_conditional, input.conditional_y, c);
    if (std::min(real.size(0), made.size(0)) < 2) {
      ++left_out;
      continue;
    }
    fewest = std::min({fewest, real.size(0), made.size(0)});
    values.push_back(frechet_distance(real, made));
    if (!seen.fcn.train.defined() || report.values_only()) continue;
    const ClassFloor floor = class_floor(real, of_class(seen.fcn.train, input.train_y, c), made, stream);
    if (floor.n == 0) continue;
    n_floor += floor.n;
    floors.push_back(floor.floor);
    at_floors.push_back(floor.at_floor);
  }
  if (values.empty()) return report.add_undefined("fid_fcn_by_class", "no class with 2 series on both sides");
  Measurement& row = report.add("fid_fcn_by_class");
  put_repeats(values, row);
  row.low = row.high = kNone;  // classes are not draws of one another
  row.note = "mean and std over " + std::to_string(values.size()) + " classes";
  if (!floors.empty()) {
    row.floor = mean_of(floors);
    row.value_at_floor = mean_of(at_floors);
    row.n_floor = n_floor;
  }
  row.n_real = input.test_x.size(0);
  row.n_gen = seen.fcn_conditional.size(0);
  row.extractor = input.fcn->digest;
  const std::int64_t width = seen.fcn.test.size(1);
  if (fewest <= width || left_out > 0) row.status = "degraded";
  if (fewest <= width)
    append_note(row.note, "as few as " + std::to_string(fewest) + " series for " + std::to_string(width) + " features");
  if (left_out > 0) append_note(row.note, std::to_string(left_out) + " class(es) with fewer than 2 series left out");
}

}  // namespace

void measure_conditional(const MeasureInput& input, const Seen& seen, Report& report) {
  if (!seen.fcn_conditional.defined() || !input.conditional_y.defined() || !input.test_y.defined()) return;
  if (seen.probabilities_conditional.defined()) add_accuracy(input, seen.probabilities_conditional, report);
  if (report.wants("fid_fcn_by_class")) add_by_class(input, seen, report);
}

}  // namespace autodidact
