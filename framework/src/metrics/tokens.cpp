// Are generated token sequences like those of real series?
#include "metrics/tokens.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>
#include <vector>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

// Different ids in rising order with their shares.
struct Shares {
  at::Tensor id, share;
};

Shares counted(const at::Tensor& ids) {
  const auto [id, inverse, count] = at::_unique2(ids.flatten(), /*sorted=*/true, false, /*return_counts=*/true);
  return {id, count.to(at::kDouble) / static_cast<double>(ids.numel())};
}

}  // namespace

at::Tensor ngrams(const at::Tensor& tokens, std::int64_t n, std::int64_t vocabulary) {
  const std::int64_t last = tokens.size(1) - n + 1;
  if (last < 1) return at::empty({tokens.size(0), 0}, at::kLong);
  at::Tensor ids = tokens.narrow(1, 0, last).to(at::kLong);
  for (std::int64_t i = 1; i < n; ++i) ids = ids * vocabulary + tokens.narrow(1, i, last);
  return ids;
}

double jensen_shannon(const at::Tensor& a, const at::Tensor& b) {
  if (a.numel() == 0 || b.numel() == 0) return kNone;
  const Shares left = counted(a), right = counted(b);
  const double *p = left.share.const_data_ptr<double>(), *q = right.share.const_data_ptr<double>();
  const auto *i = left.id.const_data_ptr<std::int64_t>(), *j = right.id.const_data_ptr<std::int64_t>();
  const std::int64_t n = left.id.numel(), m = right.id.numel();
  const auto term = [](double own, double other) { return own > 0 ? own * std::log(2 * own / (own + other)) : 0.0; };
  double sum = 0;
  for (std::int64_t s = 0, t = 0; s < n || t < m;) {  // both lists are sorted
    const bool from_left = t == m || (s < n && i[s] <= j[t]), from_right = s == n || (t < m && j[t] <= i[s]);
    const double own = from_left ? p[s] : 0, other = from_right ? q[t] : 0;
    sum += 0.5 * (term(own, other) + term(other, own));
    s += from_left;
    t += from_right;
  }
  return sum;
}

double code_coverage(const at::Tensor& real, const at::Tensor& generated, std::int64_t vocabulary) {
  const at::Tensor wanted = at::bincount(real.flatten(), {}, vocabulary).gt(0);
  const at::Tensor found = at::bincount(generated.flatten(), {}, vocabulary).gt(0);
  const auto codes = wanted.sum().item<std::int64_t>();
  return codes == 0 ? kNone : wanted.logical_and(found).sum().item<double>() / static_cast<double>(codes);
}

void measure_tokens(const MeasureInput& input, Report& report) {
  if (!input.samples_tokens.defined() || !input.tokens_test.defined() || !input.tokens_train.defined()) return;
  for (const MeasureInput::StreamTokens& stream : input.streams) {
    const std::string suffix = input.streams.size() > 1 ? "/" + stream.name : "";
    const auto part = [&](const at::Tensor& tokens) {
      return tokens.defined() ? tokens.narrow(1, stream.first, stream.count).contiguous() : at::Tensor();
    };
    const Sets tokens{part(input.tokens_train), part(input.tokens_test), part(input.samples_tokens),
                      part(input.unigram_tokens)};
    const std::int64_t vocabulary = stream.vocabulary;
    std::vector<std::string> names;
    std::vector<std::int64_t> lengths;
    for (std::int64_t n = 1; n <= 3 && n <= stream.count; ++n) {
      if (std::pow(static_cast<double>(vocabulary), static_cast<double>(n)) > 9e18) break;  // no id has room
      names.push_back("token_divergence/" + std::to_string(n) + suffix);
      lengths.push_back(n);
    }
    names.push_back("code_coverage" + suffix);
    SetMeasure measure{
        names, [&](const at::Tensor& real, const at::Tensor& generated) {
          std::vector<Outcome> outcomes;
          for (const std::int64_t n : lengths)
            outcomes.push_back(
                {jensen_shannon(ngrams(real, n, vocabulary), ngrams(generated, n, vocabulary)), "ok", ""});
          outcomes.push_back({code_coverage(real, generated, vocabulary), "ok", ""});
          return outcomes;
        }};
    measure.most_numbers = 1 << 16;
    compare_sets(measure, tokens, floor_rows(tokens, input.seed, input.repeats), report);
  }
}

}  // namespace autodidact
