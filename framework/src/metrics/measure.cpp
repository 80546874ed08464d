#include "metrics/measure.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <string>

#include "autodidact/plugin/error.hpp"
#include "metrics/families.hpp"

namespace autodidact {
namespace {

constexpr double kWeak = 1.5;  // times chance: a network below it has features of nothing in particular

std::string shape_text(const at::Tensor& x) {
  std::string text = "(";
  for (std::int64_t d = 0; d < x.dim(); ++d) text += (d ? ", " : "") + std::to_string(x.size(d));
  return text + ")";
}

void check_finite(const at::Tensor& x, const char* name) {
  const at::Tensor wrong = x.isfinite().logical_not();
  if (!wrong.any().item<bool>()) return;
  const at::Tensor first = wrong.nonzero()[0];
  const auto index = [&first](int d) { return std::to_string(first[d].item<std::int64_t>()); };
  throw DataError(std::string(name) + ": value is not finite at (sample " + index(0) + ", channel " + index(1) +
                  ", time " + index(2) + "); " + std::to_string(wrong.sum().item<std::int64_t>()) + " such values in " +
                  shape_text(x) + ". Measures need finite series");
}

// Series (N, C, L) like the test set's, with finite values.
void check_series(const at::Tensor& x, const at::Tensor& like, const char* name) {
  if (!x.defined()) return;
  const bool fits = x.dim() == 3 && x.size(1) == like.size(1) && x.size(2) == like.size(2);
  if (!fits)
    throw DataError(std::string(name) + ": shape " + shape_text(x) + ", expected (N, " + std::to_string(like.size(1)) +
                    ", " + std::to_string(like.size(2)) + ") as the test set has");
  check_finite(x, name);
}

void check_rows(const at::Tensor& rows, const at::Tensor& series, const std::string& name) {
  if (!rows.defined() || !series.defined() || rows.size(0) == series.size(0)) return;
  throw DataError(name + ": " + std::to_string(rows.size(0)) + " rows for " + std::to_string(series.size(0)) +
                  " series");
}

// Class numbers of data with so many classes.
void check_labels(const at::Tensor& y, const std::optional<std::int64_t>& n_classes, const std::string& name) {
  if (!y.defined() || y.numel() == 0 || !n_classes) return;
  const std::int64_t low = y.min().item<std::int64_t>(), high = y.max().item<std::int64_t>();
  if (low < 0 || high >= *n_classes)
    throw DataError(name + ": classes from " + std::to_string(low) + " to " + std::to_string(high) +
                    ", expected 0 to " + std::to_string(*n_classes - 1));
}

// Both sides without the last `crop` samples.
Sets cropped(const MeasureInput& input) {
  const auto cut = [&](const at::Tensor& x) {
    return x.defined() && x.size(0) > 0 ? x.narrow(2, 0, x.size(2) - input.crop) : at::Tensor();
  };
  return {cut(input.train_x), cut(input.test_x), cut(input.samples), cut(input.unigram)};
}

// Extractors are made for length L: the samples left out are filled with the last one kept, on both sides alike.
at::Tensor refilled(const at::Tensor& series, std::int64_t crop) {
  if (crop == 0) return series;
  return at::cat({series, series.narrow(2, series.size(2) - 1, 1).expand({-1, -1, crop})}, 2);
}

Sets features_of(const Extractor& extractor, const Sets& series, std::int64_t crop) {
  const auto one = [&](const at::Tensor& x) {
    return x.defined() ? extractor.features(refilled(x, crop)).to(at::kDouble) : at::Tensor();
  };
  return {one(series.train), one(series.test), one(series.samples), one(series.unigram)};
}

at::Tensor probabilities_of(const Extractor& extractor, const at::Tensor& features, const at::Tensor& series,
                            std::int64_t crop) {
  if (!features.defined()) return {};
  if (extractor.probabilities_of) return extractor.probabilities_of(features);
  return extractor.probabilities ? extractor.probabilities(refilled(series, crop)) : at::Tensor();
}

Seen look(const MeasureInput& input, const Sets& series) {
  Seen seen;
  const bool generated = series.samples.defined(), rebuilt = input.reconstruction.defined();
  if (input.fcn && (generated || rebuilt)) {
    seen.fcn = features_of(*input.fcn, series, input.crop);
    if (rebuilt) {
      const at::Tensor x_hat = input.reconstruction.narrow(2, 0, series.test.size(2));
      seen.fcn_reconstruction = input.fcn->features(refilled(x_hat, input.crop)).to(at::kDouble);
    }
    seen.probabilities_test = probabilities_of(*input.fcn, seen.fcn.test, series.test, input.crop);
    seen.probabilities_samples = probabilities_of(*input.fcn, seen.fcn.samples, series.samples, input.crop);
    seen.probabilities_unigram = probabilities_of(*input.fcn, seen.fcn.unigram, series.unigram, input.crop);
  }
  if (input.fcn && input.conditional_x.defined() && input.conditional_x.size(0) > 0) {
    const at::Tensor x = input.conditional_x.narrow(2, 0, series.test.size(2));
    if (!seen.fcn.test.defined())
      seen.fcn.test = input.fcn->features(refilled(series.test, input.crop)).to(at::kDouble);
    seen.fcn_conditional = input.fcn->features(refilled(x, input.crop)).to(at::kDouble);
    seen.probabilities_conditional = probabilities_of(*input.fcn, seen.fcn_conditional, x, input.crop);
  }
  if (input.rocket.features && generated) seen.rocket = features_of(input.rocket, series, input.crop);
  if (input.minirocket.features && generated && input.wanted.wants_any({"fid_minirocket", "fid_minirocket/train"}))
    seen.minirocket = features_of(input.minirocket, series, input.crop);
  return seen;
}

}  // namespace

void check_input(const MeasureInput& input) {
  const at::Tensor& test = input.test_x;
  if (!test.defined() || test.dim() != 3 || test.numel() == 0)
    throw DataError("test: shape " + (test.defined() ? shape_text(test) : std::string("()")) +
                    ", expected (N, C, L) with no side 0");
  if (input.crop < 0 || input.crop >= test.size(2))
    throw DataError("crop " + std::to_string(input.crop) + " leaves nothing of series of length " +
                    std::to_string(test.size(2)));
  check_series(test, test, "test");
  check_series(input.train_x, test, "train");
  check_series(input.reconstruction, test, "reconstruction");
  check_series(input.samples, test, "samples");
  check_series(input.conditional_x, test, "conditional samples");
  check_series(input.unigram, test, "series from unigrams");
  check_rows(input.conditional_y, input.conditional_x, "conditional labels");
  check_labels(input.conditional_y, input.n_classes, "conditional labels");
  check_rows(input.samples_tokens, input.samples, "tokens of samples");
  check_rows(input.reconstruction, test, "reconstruction");
  check_rows(input.train_y, input.train_x, "train labels");
  check_rows(input.test_y, test, "test labels");
  check_rows(input.tokens_train, input.train_x, "train tokens");
  check_rows(input.tokens_test, test, "test tokens");
  for (const auto& [kind, rows] : input.features_train) check_rows(rows, input.train_x, "train features " + kind);
  for (const auto& [kind, rows] : input.features_test) check_rows(rows, test, "test features " + kind);
}

std::vector<Measurement> measure(const MeasureInput& input) {
  const at::NoGradGuard no_grad;
  check_input(input);
  Report report(input.seed, input.wanted, input.values_only);
  const Sets series = cropped(input);

  measure_reconstruction(input, series, report);
  measure_codebook(input, report);
  measure_probes(input, report);
  measure_prior(input, report);

  const Seen seen = look(input, series);
  const FloorRows equal = floor_rows(series, input.seed, input.repeats);
  measure_frechet(input, seen, equal, report);
  measure_inception(input, seen, report);
  measure_prdc(input, seen, equal, report);
  measure_tsgbench(series, equal, report);
  measure_correlation(series, equal, report);
  measure_pooled(series, equal, report);
  measure_discrepancy(input, series, seen, equal, report);
  measure_memorisation(input, series, equal, report);
  measure_conditional(input, seen, report);
  measure_tokens(input, report);
  measure_classifiers(input, report);
  measure_recurrent(input, report);
  measure_ssl(input, report);
  if (input.fcn && input.n_classes && input.fcn_test_accuracy < kWeak / static_cast<double>(*input.n_classes))
    report.degrade(input.fcn->digest, "the feature network knows real test series below 1.5 times chance");
  return report.finish();
}

}  // namespace autodidact
