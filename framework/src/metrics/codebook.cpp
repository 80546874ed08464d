#include "metrics/codebook.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "autodidact/plugin/error.hpp"
#include "metrics/families.hpp"

namespace autodidact {
namespace {

// Mean |<a, b>| over pairs of different rows, rows of length 1 first. NaN where a row has no direction.
double mean_off_diagonal(const at::Tensor& rows) {
  const std::int64_t k = rows.size(0);
  const at::Tensor norm = at::linalg_vector_norm(rows, 2, at::IntArrayRef{1}, /*keepdim=*/true);
  const double scale = rows.abs().max().item<double>();
  if (k < 2 || !std::isfinite(scale) || !(norm.min().item<double>() > 1e-12 * scale)) return kNone;
  const at::Tensor unit = rows / norm;
  const at::Tensor gram = at::mm(unit, unit.t()).abs();
  return (gram.sum() - gram.diagonal().sum()).item<double>() / static_cast<double>(k * (k - 1));
}

void add_usage(const MeasureInput::StreamTokens& stream, const at::Tensor& tokens, const std::string& suffix,
               const std::string& reference, Report& report) {
  const CodeUsage found = code_usage(tokens, stream.vocabulary);
  const std::string note =
      std::to_string(tokens.numel()) + " tokens of " + std::to_string(stream.vocabulary) + " codes";
  const auto add = [&](const char* name, double value) {
    Measurement& row = report.add(name + suffix, reference);
    row.value = value;
    row.n_real = tokens.size(0);
    row.note = note;
  };
  add("perplexity", found.perplexity);
  add("usage", found.usage);
  add("dead_share", 1.0 - found.usage);
}

// Mean over the classes of data, with the spread over classes as std.
void add_by_class(const MeasureInput::StreamTokens& stream, const at::Tensor& tokens, const at::Tensor& labels,
                  std::int64_t n_classes, const std::string& suffix, Report& report) {
  std::vector<double> perplexity, usage;
  for (std::int64_t c = 0; c < n_classes; ++c) {
    const at::Tensor chosen = tokens.index_select(0, (labels == c).nonzero().flatten());
    if (chosen.size(0) == 0) continue;
    const CodeUsage found = code_usage(chosen, stream.vocabulary);
    perplexity.push_back(found.perplexity);
    usage.push_back(found.usage);
  }
  const auto add = [&](const char* name, const std::vector<double>& values) {
    const at::Tensor all = at::tensor(values, at::kDouble);
    Measurement& row = report.add(name + suffix);
    row.value = all.mean().item<double>();
    row.std = all.size(0) > 1 ? all.std().item<double>() : 0.0;
    row.repeats = all.size(0);
    row.n_real = tokens.size(0);
    row.note = "mean and std over " + std::to_string(all.size(0)) + " classes of data";
  };
  add("perplexity_by_class", perplexity);
  add("usage_by_class", usage);
}

void add_redundancy(const at::Tensor& codebook, const std::string& suffix, Report& report) {
  const CodeRedundancy found = code_redundancy(codebook);
  Measurement& cosine = report.add("code_cosine" + suffix, "train");
  cosine.value = found.cosine;
  if (std::isnan(found.cosine)) cosine.note = "a code is zero or not finite, or there is one code only";
  Measurement& pearson = report.add("code_pearson" + suffix, "train");
  pearson.value = found.pearson;
  if (std::isnan(found.pearson)) pearson.note = "a code is constant or not finite, or there is one code only";
}

}  // namespace

CodeUsage code_usage(const at::Tensor& tokens, std::int64_t vocabulary) {
  const at::Tensor flat = tokens.flatten().to(at::kLong);
  if (flat.numel() == 0) return {kNone, kNone};
  const std::int64_t low = flat.min().item<std::int64_t>(), high = flat.max().item<std::int64_t>();
  if (low < 0 || high >= vocabulary)
    throw DataError("tokens run from " + std::to_string(low) + " to " + std::to_string(high) + ", expected 0 to " +
                    std::to_string(vocabulary - 1) + ": the stream's vocabulary does not fit its tokens");
  const at::Tensor counts = at::bincount(flat, {}, vocabulary).to(at::kDouble);
  const at::Tensor share = counts / static_cast<double>(flat.numel());
  return {std::exp(-(share * (share + 1e-10).log()).sum().item<double>()),
          counts.gt(0).to(at::kDouble).mean().item<double>()};
}

CodeRedundancy code_redundancy(const at::Tensor& codebook) {
  const at::Tensor codes = codebook.to(at::kDouble);
  const at::Tensor centred = codes - codes.mean(1, /*keepdim=*/true);
  // A constant code leaves rounding only: its norm is compared with the largest code, not with 0.
  const bool has_spread = (centred.abs().amax(1) > 1e-12 * codes.abs().amax(1)).all().item<bool>();
  return {mean_off_diagonal(codes), has_spread ? mean_off_diagonal(centred) : kNone};
}

namespace {

// Of several streams: exp of the mean entropy of a token, so that K codes in equal use give K.
void add_all_streams(const MeasureInput& input, const at::Tensor& tokens, const std::string& suffix,
                     const std::string& reference, Report& report) {
  double entropy = 0, count = 0;
  for (const MeasureInput::StreamTokens& stream : input.streams) {
    const at::Tensor part = tokens.narrow(1, stream.first, stream.count);
    entropy += std::log(code_usage(part, stream.vocabulary).perplexity) * static_cast<double>(part.numel());
    count += static_cast<double>(part.numel());
  }
  Measurement& row = report.add("perplexity" + suffix, reference);
  row.value = std::exp(entropy / count);
  row.n_real = tokens.size(0);
  row.note = "geometric mean over " + std::to_string(input.streams.size()) + " streams, weighted by tokens";
}

}  // namespace

void measure_codebook(const MeasureInput& input, Report& report) {
  if (input.streams.size() > 1) {
    if (input.tokens_test.defined()) add_all_streams(input, input.tokens_test, "", "test", report);
    if (input.tokens_train.defined()) add_all_streams(input, input.tokens_train, "/train", "train", report);
  }
  for (const MeasureInput::StreamTokens& stream : input.streams) {
    const std::string suffix = input.streams.size() > 1 ? "/" + stream.name : "";
    const auto part = [&](const at::Tensor& tokens) { return tokens.narrow(1, stream.first, stream.count); };
    if (input.tokens_test.defined()) add_usage(stream, part(input.tokens_test), suffix, "test", report);
    if (input.tokens_train.defined()) add_usage(stream, part(input.tokens_train), suffix + "/train", "train", report);
    if (input.tokens_test.defined() && input.test_y.defined() && input.n_classes)
      add_by_class(stream, part(input.tokens_test), input.test_y, *input.n_classes, suffix, report);
    if (stream.codebook.defined()) add_redundancy(stream.codebook, suffix, report);
  }
}

}  // namespace autodidact
