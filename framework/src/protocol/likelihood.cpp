#include "protocol/likelihood.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "host/convert.hpp"
#include "host/random.hpp"
#include "protocol/stages.hpp"

namespace autodidact {

namespace {

constexpr double kRatios[] = {0.25, 0.5, 0.75, 1.0};

// (n, N) bool. Depends on grid, ratio and series only.
at::Tensor fixed_mask(const Layout& layout, std::int64_t n, std::int64_t ratio_index) {
  const std::uint64_t key = stream_seed({0, "measures", "protocol", "mask"});
  std::vector<at::Tensor> parts;
  for (std::size_t s = 0; s < layout.size(); ++s) {
    const std::int64_t width = layout[s].count();
    const auto hidden = static_cast<std::int64_t>(std::ceil(kRatios[ratio_index] * static_cast<double>(width)));
    const at::Tensor score = philox_uniform(key, 0, n, static_cast<std::int64_t>(s), ratio_index, 0, width);
    const at::Tensor order = score.argsort(/*stable=*/true, /*dim=*/1);
    const at::Tensor mask = at::zeros({n, width}, at::kBool);
    mask.scatter_(1, order.slice(1, 0, hidden), true);
    parts.push_back(mask);
  }
  return at::cat(parts, 1);
}

at::Tensor padded(const at::Tensor& rows, std::int64_t block) {
  if (!rows.defined() || rows.size(0) == block) return rows;
  std::vector<std::int64_t> shape = rows.sizes().vec();
  shape[0] = block - rows.size(0);
  return at::cat({rows, rows.slice(0, rows.size(0) - 1, rows.size(0)).expand(shape)}, 0);
}

}  // namespace

std::vector<MeasureInput::MaskedScore> masked_scores(Prior& prior, const Layout& layout, const at::Tensor& tokens,
                                                     const at::Tensor& y, std::int64_t block, Record& record) {
  const at::NoGradGuard no_grad;
  std::vector<MeasureInput::MaskedScore> scores;
  MaskedLogProbs* model = prior.masked_log_probs();
  if (!model) return scores;
  const std::int64_t n = tokens.size(0);
  for (std::int64_t r = 0; r < static_cast<std::int64_t>(std::size(kRatios)); ++r) {
    const at::Tensor mask = fixed_mask(layout, n, r);
    std::vector<std::vector<at::Tensor>> log_probs(layout.size()), hits(layout.size());
    for (std::int64_t first = 0; first < n; first += block) {
      const std::int64_t last = std::min(n, first + block);
      const at::Tensor t = padded(tokens.slice(0, first, last), block), m = padded(mask.slice(0, first, last), block);
      const at::Tensor c = y.defined() ? padded(y.slice(0, first, last), block) : y;
      const std::vector<at::Tensor> rows = model->masked_log_probs(t, m, c);
      for (std::size_t s = 0; s < layout.size(); ++s) {
        const std::int64_t begin = layout[s].first, end = begin + layout[s].count();
        const at::Tensor truth = tokens.slice(0, first, last)
                                     .slice(1, begin, end)
                                     .masked_select(mask.slice(0, first, last).slice(1, begin, end));
        const at::Tensor own = rows[s].slice(0, 0, truth.size(0));  // the padding's rows come last
        log_probs[s].push_back(own.gather(1, truth.unsqueeze(1)).squeeze(1).clone());
        hits[s].push_back(own.argmax(1).eq(truth));
      }
    }
    const std::string prefix = fmt::format("nll/{:.2f}/", kRatios[r]);
    record.arrays[prefix + "mask"] = to_array(mask);
    for (std::size_t s = 0; s < layout.size(); ++s) {
      scores.push_back({kRatios[r], layout[s].name, at::cat(log_probs[s], 0), at::cat(hits[s], 0)});
      record.arrays[prefix + layout[s].name + "/log_prob"] = to_array(scores.back().log_prob);
      record.arrays[prefix + layout[s].name + "/hit"] = to_array(scores.back().hit);
    }
  }
  return scores;
}

at::Tensor exact_scores(Prior& prior, const at::Tensor& tokens, const at::Tensor& y, std::int64_t block,
                        Record& record) {
  const at::NoGradGuard no_grad;
  ExactLikelihood* model = prior.exact_likelihood();
  if (!model) return {};
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < tokens.size(0); first += block) {
    const std::int64_t last = std::min(tokens.size(0), first + block);
    const at::Tensor c = y.defined() ? padded(y.slice(0, first, last), block) : y;
    parts.push_back(
        model->log_likelihood(padded(tokens.slice(0, first, last), block), c).slice(0, 0, last - first).clone());
  }
  const at::Tensor nats = -at::cat(parts, 0);
  record.arrays["nll/exact"] = to_array(nats);
  return nats;
}

}  // namespace autodidact
