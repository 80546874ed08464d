#include "metrics/inception.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

constexpr double kEps = 1e-16;
constexpr std::int64_t kBootstraps = 1000;

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
}

Measurement& add_single(const at::Tensor& p, std::uint64_t seed, Report& report) {
  Measurement& row = report.add("is");
  row.value = single(p);
  Stream64 stream = stream_for(seed, "inception bootstrap");
  const at::Tensor scores = inception_bootstrap(p, kBootstraps, stream);
  row.std = scores.std().item<double>();
  row.repeats = kBootstraps;
  const at::Tensor bounds = at::quantile(scores, at::tensor({0.025, 0.975}, at::kDouble));
  row.low = bounds[0].item<double>();
  row.high = bounds[1].item<double>();
  row.note = "std and interval from a bootstrap; at most " + std::to_string(p.size(1)) + " (classes)";
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

at::Tensor inception_bootstrap(const at::Tensor& p, std::int64_t repeats, Stream64& stream) {
  const at::Tensor rows = p.to(at::kDouble);
  const std::int64_t n = rows.size(0);
  // The score needs only means over rows, so a resample is a row of counts: (repeats, N) x (N, K + 1).
  const at::Tensor counts = at::zeros({repeats, n}, at::kDouble);
  double* count = counts.data_ptr<double>();
  for (std::int64_t r = 0; r < repeats; ++r)
    for (std::int64_t i = 0; i < n; ++i) count[r * n + static_cast<std::int64_t>(draw_below(stream, n))] += 1;
  const at::Tensor means =
      at::mm(counts, at::cat({negative_entropy(rows).unsqueeze(1), rows}, 1)) / static_cast<double>(n);
  return score_of(means.select(1, 0), means.narrow(1, 1, rows.size(1)));
}

void measure_inception(const MeasureInput& input, const Seen& seen, Report& report) {
  const at::Tensor &real = seen.probabilities_test, &made = seen.probabilities_samples;
  if (!made.defined()) return;
  if (made.size(0) < 2) {
    report.add_undefined("is", "fewer than 2 samples");
    return report.add_undefined("is_10", "fewer than 2 samples");
  }
  Measurement* const rows[] = {&add_single(made, input.seed, report), &add_ten(made, report)};
  add_floor(real, made, input, *rows[0]);
  for (Measurement* row : rows) {
    row->n_real = real.size(0);
    row->n_gen = made.size(0);
    row->extractor = input.fcn->digest;
  }
}

}  // namespace autodidact
