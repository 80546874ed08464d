#include <ATen/ATen.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "autodidact/plugin/error.hpp"
#include "metrics/families.hpp"
#include "metrics/probe.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kNeighbours = 5;

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", share);
  return text;
}

struct Labels {
  at::Tensor train, test;
  std::int64_t n_classes = 0;
  double majority = 0;  // accuracy on test of always naming the most frequent training class
};

Labels labels_of(const MeasureInput& input) {
  Labels labels{input.train_y.to(at::kLong).contiguous(), input.test_y.to(at::kLong).contiguous(), *input.n_classes};
  const auto check = [&](const at::Tensor& y, const char* split) {
    if (y.numel() == 0) return;
    const std::int64_t low = y.min().item<std::int64_t>(), high = y.max().item<std::int64_t>();
    if (low < 0 || high >= labels.n_classes)
      throw DataError(std::string(split) + " labels run from " + std::to_string(low) + " to " + std::to_string(high) +
                      ", expected 0 to " + std::to_string(labels.n_classes - 1));
  };
  check(labels.train, "train");
  check(labels.test, "test");
  const std::int64_t frequent = at::bincount(labels.train, {}, labels.n_classes).argmax().item<std::int64_t>();
  labels.majority = labels.test.eq(frequent).to(at::kDouble).mean().item<double>();
  return labels;
}

void add_probe(const std::string& probe, const std::string& kind, const at::Tensor& predicted, const Labels& labels,
               const std::string& note, Report& report) {
  const std::int64_t n = labels.test.size(0);
  const std::string chance = "chance " + percent(1.0 / static_cast<double>(labels.n_classes));
  const auto add = [&](const std::string& name, double value, const std::string& level) -> Measurement& {
    Measurement& row = report.add(name + "/" + kind);
    row.value = value;
    row.n_real = n;
    row.note = level;
    append_note(row.note, note);
    return row;
  };
  const double share = accuracy(predicted, labels.test);
  Measurement& plain = add(probe, share, chance + ", most frequent class " + percent(labels.majority));
  std::tie(plain.low, plain.high) = share_interval(share, n);
  add(probe + "_balanced", balanced_accuracy(predicted, labels.test, labels.n_classes), chance);
}

void probe_kind(const std::string& kind, const at::Tensor& train, const at::Tensor& test, const Labels& labels,
                Report& report) {
  const auto wanted = [&](const std::string& probe) {
    return report.wants_any({probe + "/" + kind, probe + "_balanced/" + kind});
  };
  const ScaledFeatures scaled = scale_features(train, test);
  if (wanted("svm"))
    add_probe("svm", kind, svm_predict(scaled.train, labels.train, scaled.test, labels.n_classes), labels, "", report);
  if (wanted("knn"))
    add_probe("knn", kind, knn_predict(scaled.train, labels.train, scaled.test, labels.n_classes, kNeighbours), labels,
              train.size(0) < kNeighbours ? "fewer training series than neighbours" : "", report);
  if (!wanted("logistic")) return;
  const LogisticResult logistic = logistic_predict(scaled.train, labels.train, scaled.test, labels.n_classes);
  char note[48];
  std::snprintf(note, sizeof note, "C = %g", logistic.c);
  add_probe("logistic", kind, logistic.predicted, labels, note, report);
}

// Why no probe can be trained or scored, or "".
std::string unfit(const Labels& labels, const at::Tensor& train, const at::Tensor& test) {
  if (labels.test.numel() == 0) return "no test series";
  if (labels.train.numel() < 2 || labels.train.eq(labels.train[0]).all().item<bool>()) return "one class only in train";
  if (!train.isfinite().all().item<bool>() || !test.isfinite().all().item<bool>()) return "features are not finite";
  return "";
}

}  // namespace

void measure_probes(const MeasureInput& input, Report& report) {
  if (!input.train_y.defined() || !input.test_y.defined() || !input.n_classes) return;
  const Labels labels = labels_of(input);
  for (const auto& [kind, train] : input.features_train) {
    const auto found = input.features_test.find(kind);
    if (found == input.features_test.end()) continue;
    const std::string why = unfit(labels, train, found->second);
    if (why.empty()) {
      probe_kind(kind, train, found->second, labels, report);
      continue;
    }
    for (const char* probe : {"svm", "svm_balanced", "knn", "knn_balanced", "logistic", "logistic_balanced"})
      report.add_undefined(std::string(probe) + "/" + kind, why);
  }
}

}  // namespace autodidact
