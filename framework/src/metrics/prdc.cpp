#include "metrics/prdc.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "metrics/clones.hpp"
#include "metrics/distance.hpp"
#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kNeighbours = 5;
constexpr double kOperations = 4e10;  // differences squared; about 10 s on one thread

// Calls f(first row, distances (rows, M) squared) over blocks of rows.
template <typename F>
void by_blocks(const at::Tensor& rows, const Targets& targets, const F& f) {
  for (std::int64_t first = 0; first < rows.size(0); first += targets.block()) {
    const std::int64_t count = std::min(targets.block(), rows.size(0) - first);
    f(first, targets.squared_distances(rows.narrow(0, first, count)));
  }
}

// The k-th smallest of n values: nearly all are above the k best so far, so one comparison does.
double smallest(const double* values, std::int64_t n, std::int64_t k) {
  std::vector<double> best(static_cast<std::size_t>(k), std::numeric_limits<double>::infinity());  // rising
  for (std::int64_t j = 0; j < n; ++j) {
    if (!(values[j] < best.back())) continue;
    auto at = best.size() - 1;
    for (; at > 0 && best[at - 1] > values[j]; --at) best[at] = best[at - 1];
    best[at] = values[j];
  }
  return best.back();
}

struct Row {
  double balls = 0, recalled = 0;  // samples inside the ball of a real series; balls of samples that hold it
};
AUTODIDACT_CLONES Row count_row(const double* d, double radius, const double* sample_radii, std::int64_t n,
                                double* __restrict balls) {
  double inside = 0, recalled = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    const double in = d[j] < radius ? 1.0 : 0.0;
    inside += in;
    balls[j] += in;
    recalled += d[j] < sample_radii[j] ? 1.0 : 0.0;
  }
  return {inside, recalled};
}

// (N) squared distance to the k-th neighbour. The row itself is one of the k + 1 smallest, at distance 0.
at::Tensor squared_radii(const at::Tensor& rows, const Targets& targets, std::int64_t k) {
  const at::Tensor radii = at::empty({rows.size(0)}, at::kDouble);
  by_blocks(rows, targets, [&](std::int64_t first, const at::Tensor& d) {
    for (std::int64_t i = 0; i < d.size(0); ++i)
      radii.data_ptr<double>()[first + i] = smallest(d.const_data_ptr<double>() + i * d.stride(0), d.size(1), k + 1);
  });
  return radii;
}

std::vector<Outcome> outcomes_of(const at::Tensor& real, const at::Tensor& generated) {
  const std::int64_t fewest = std::min(real.size(0), generated.size(0));
  if (fewest < kNeighbours + 2) {
    const Outcome none{kNone, "undefined", "fewer than " + std::to_string(kNeighbours + 2) + " series"};
    return {none, none, none, none};
  }
  const Prdc found = prdc(real, generated, kNeighbours);
  std::string note, status = "ok";
  const auto point_balls = [](const at::Tensor& radii) { return radii.eq(0).sum().item<std::int64_t>(); };
  const std::int64_t in_real = point_balls(found.real_radii), in_generated = point_balls(found.generated_radii);
  if (in_real > 0) append_note(note, std::to_string(in_real) + " real series in a group of more than 5 equal ones");
  if (in_generated > 0)
    append_note(note, std::to_string(in_generated) + " samples in a group of more than 5 equal ones");
  if (in_generated == generated.size(0) || in_real == real.size(0)) status = "degraded";
  const auto outcome = [&](double value) { return Outcome{value, status, note}; };
  return {outcome(found.density), outcome(found.coverage), outcome(found.precision), outcome(found.recall)};
}

// A seeded subset of every set where the distances would take too long.
Sets affordable(const Sets& features, std::uint64_t seed) {
  const auto limit = static_cast<std::int64_t>(std::sqrt(kOperations / (3.0 * double(features.test.size(1)))));
  const auto rows = [&](const at::Tensor& set, const char* purpose) {
    if (!set.defined()) return at::Tensor();
    Stream64 stream = stream_for(seed, purpose);
    return draw_subset(set.size(0), limit, stream);
  };
  return features.rows(rows(features.train, "prdc train"), rows(features.test, "prdc test"),
                       rows(features.samples, "prdc samples"), rows(features.unigram, "prdc unigram"));
}

}  // namespace

Prdc prdc(const at::Tensor& real, const at::Tensor& generated, std::int64_t k) {
  const Targets real_targets(real), generated_targets(generated);
  const at::Tensor real_radii = squared_radii(real, real_targets, k);
  const at::Tensor generated_radii = squared_radii(generated, generated_targets, k);
  std::int64_t covered = 0, recalled = 0;
  const at::Tensor balls = at::zeros({generated.size(0)}, at::kDouble);  // real balls that contain each generated row
  by_blocks(real, generated_targets, [&](std::int64_t first, const at::Tensor& d) {
    for (std::int64_t i = 0; i < d.size(0); ++i) {
      const double* row = d.const_data_ptr<double>() + i * d.stride(0);
      const Row found = count_row(row, real_radii.const_data_ptr<double>()[first + i],
                                  generated_radii.const_data_ptr<double>(), d.size(1), balls.data_ptr<double>());
      covered += found.balls > 0;
      recalled += found.recalled > 0;
    }
  });
  const auto n = static_cast<double>(real.size(0));
  Prdc result;
  result.precision = balls.gt(0).to(at::kDouble).mean().item<double>();
  result.recall = static_cast<double>(recalled) / n;
  result.density = balls.mean().item<double>() / static_cast<double>(k);
  result.coverage = static_cast<double>(covered) / n;
  result.real_radii = real_radii.sqrt();
  result.generated_radii = generated_radii.sqrt();
  return result;
}

void measure_prdc(const MeasureInput& input, const Seen& seen, const FloorRows& equal, Report& report) {
  if (!report.wants_any({"density", "coverage", "precision", "recall"})) return;
  const bool fcn = seen.fcn.samples.defined();
  const Sets& features = fcn ? seen.fcn : seen.rocket;
  if (!features.samples.defined()) return;
  const Sets few = affordable(features, input.seed);
  const auto fewer = [](const at::Tensor& part, const at::Tensor& whole) {
    return whole.defined() && part.size(0) < whole.size(0);
  };
  const bool cut =
      fewer(few.train, features.train) || fewer(few.test, features.test) || fewer(few.samples, features.samples);
  const FloorRows rows = cut ? floor_rows(few, input.seed, input.repeats) : equal;
  const std::string digest = fcn ? input.fcn->digest : input.rocket.digest;
  SetMeasure measure{{"density", "coverage", "precision", "recall"}, outcomes_of};
  measure.extractor = digest;
  measure.interval = std::min(few.test.size(0), few.samples.size(0)) / 2 > kNeighbours;
  measure.most_numbers = 1 << 22;
  measure.on_subsets = [](const at::Tensor& real, const at::Tensor& generated, const std::vector<Subset>& subsets) {
    return prdc_on_subsets(real, generated, subsets, kNeighbours);
  };
  compare_sets(measure, few, rows, report);
}

}  // namespace autodidact
