// How well the prior predicts the tokens of real test series. Nats, never bits.
#include <ATen/ATen.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

std::string ratio_suffix(double ratio) {
  char text[16];
  std::snprintf(text, sizeof text, "/%.2f", ratio);
  return text;
}

// Rows of one ratio, of one stream or of all.
void add_ratio(const std::string& suffix, const std::vector<const MeasureInput::MaskedScore*>& scores,
               std::int64_t n_series, Report& report) {
  std::vector<at::Tensor> log_probs, hits;
  for (const auto* score : scores) {
    log_probs.push_back(score->log_prob.flatten().to(at::kDouble));
    hits.push_back(score->hit.flatten().to(at::kDouble));
  }
  const at::Tensor log_prob = at::cat(log_probs), hit = at::cat(hits);
  const std::int64_t count = log_prob.numel();
  const auto add = [&](const char* name, const at::Tensor& values) {
    if (count == 0) return report.add_undefined(name + suffix, "no masked position");
    Measurement& row = report.add(name + suffix);
    row.value = values.mean().item<double>();
    row.n_real = n_series;
    row.note = std::to_string(count) + " masked positions";
    if (!std::isfinite(row.value)) append_note(row.note, "a true token has probability 0");
  };
  add("nll_masked", -log_prob);
  add("masked_accuracy", hit);
}

}  // namespace

void measure_prior(const MeasureInput& input, Report& report) {
  std::map<double, std::vector<const MeasureInput::MaskedScore*>> by_ratio;
  std::set<std::string> streams;
  for (const auto& score : input.masked) {
    by_ratio[score.ratio].push_back(&score);
    streams.insert(score.stream);
  }
  const std::int64_t n = input.test_x.defined() ? input.test_x.size(0) : 0;
  for (const auto& [ratio, scores] : by_ratio) {
    const std::string suffix = ratio_suffix(ratio);
    add_ratio(suffix, scores, n, report);
    if (streams.size() < 2) continue;
    for (const auto* score : scores) add_ratio(suffix + "/" + score->stream, {score}, n, report);
  }
  if (!input.nll_exact.defined()) return;
  const at::Tensor nll = input.nll_exact.to(at::kDouble);
  if (nll.numel() == 0) return report.add_undefined("nll_exact", "no test series");
  Measurement& row = report.add("nll_exact");
  row.value = nll.mean().item<double>();
  row.n_real = nll.size(0);
}

}  // namespace autodidact
