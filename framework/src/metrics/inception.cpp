#include "metrics/inception.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

constexpr double kEps = 1e-16;

// (N): sum_k p log p
at::Tensor negative_entropy(const at::Tensor& p) { return (p * (p + kEps).log()).sum(1); }

// exp of mean_i sum_k p_ik (log p_ik - log pbar_k), given the means over rows
at::Tensor score_of(const at::Tensor& mean_entropy, const at::Tensor& mean_p) {
  return (mean_entropy - (mean_p * (mean_p + kEps).log()).sum(-1)).exp();
}

double single(const at::Tensor& p) { return inception_score(p, 1).mean; }

// The real test set's score and the model's at equal counts, because the score grows with the number of rows; means
// over seeded subsets of the larger set.
void add_floor(const at::Tensor& real, const at::Tensor& made, const MeasureInput& input, Measurement& row) {
  const std::int64_t n = std::min(real.size(0), made.size(0));
  if (n < 2) return;
  Stream64 stream = stream_for(input.seed, "inception floor");
  const auto mean_score = [&](const at::Tensor& p) {
    const std::int64_t draws = p.size(0) == n ? 1 : std::max<std::int64_t>(1, input.repeats);
    double sum = 0;
    for (std::int64_t i = 0; i < draws; ++i) sum += single(p.index_select(0, draw_subset(p.size(0), n, stream)));
    return sum / static_cast<double>(draws);
  };
  row.floor = mean_score(real);
  row.value_at_floor = mean_score(made);
  row.n_floor = n;
  const std::int64_t half = real.size(0) / 2;
  if (half < 2) return;
  Stream64 halves = stream_for(input.seed, "inception halves");
  double sum = 0;
  for (std::int64_t i = 0; i < input.repeats; ++i)
    sum += single(real.index_select(0, draw_subset(real.size(0), half, halves)));
  row.floor_halves = sum / static_cast<double>(input.repeats);
}

Measurement& add_single(const at::Tensor& p, std::uint64_t seed, Report& report) {
  Measurement& row = report.add("is");
  row.value = single(p);
  row.note = "at most " + std::to_string(p.size(1)) + " (classes)";
  const std::int64_t half = p.size(0) / 2;
  if (half < 2 || report.values_only()) return row;
  Stream64 stream = stream_for(seed, "inception interval");
  std::vector<double> draws;
  for (std::int64_t i = 0; i < kIntervalDraws; ++i)
    draws.push_back(single(p.index_select(0, draw_subset(p.size(0), half, stream))));
  std::tie(row.low, row.high) = interval_around(row.value, draws, deviation_scale(half, p.size(0)));
  return row;
}

Measurement& add_ten(const at::Tensor& p, Report& report) {
  const std::int64_t splits = p.size(0) < 10 ? 1 : 10;
  const SplitScore score = inception_score(p, splits);
  Measurement& row = report.add("is_10");
  row.value = score.mean;
  row.std = score.std;
  row.repeats = splits;
  if (splits == 1) {
    row.status = "degraded";
    row.note = "fewer than 10 samples: one part";
  }
  return row;
}

}  // namespace

SplitScore inception_score(const at::Tensor& p, std::int64_t splits) {
  const std::int64_t part = p.size(0) / splits;
  if (part == 0) return {kNone, kNone};
  const at::Tensor rows = p.narrow(0, 0, part * splits).to(at::kDouble);
  const at::Tensor entropy = negative_entropy(rows).view({splits, part}).mean(1);
  const at::Tensor scores = score_of(entropy, rows.view({splits, part, p.size(1)}).mean(1));
  return {scores.mean().item<double>(), scores.std(/*unbiased=*/false).item<double>()};
}

void measure_inception(const MeasureInput& input, const Seen& seen, Report& report) {
  const at::Tensor &real = seen.probabilities_test, &made = seen.probabilities_samples;
  if (!made.defined() || !report.wants_any({"is", "is_10"})) return;
  if (made.size(0) < 2) {
    report.add_undefined("is", "fewer than 2 samples");
    return report.add_undefined("is_10", "fewer than 2 samples");
  }
  Measurement* const rows[] = {&add_single(made, input.seed, report), &add_ten(made, report)};
  if (!report.values_only()) add_floor(real, made, input, *rows[0]);
  if (seen.probabilities_unigram.defined()) rows[0]->unigram = single(seen.probabilities_unigram);
  for (Measurement* row : rows) {
    row->n_real = real.size(0);
    row->n_gen = made.size(0);
    row->extractor = input.fcn->digest;
  }
}

}  // namespace autodidact
