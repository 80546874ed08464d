// What a trained prior answers: samples that do not depend on how a set is cut, probabilities that are probabilities.
#include <ATen/ATen.h>

#include <cmath>

#include "host/conformance_prior.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kClasses = 3;

Outcome samples_by_index(const PriorBench& bench, const Layout& layout, const at::Tensor& y) {
  const Subject<Prior> p = bench.trained(layout, kClasses);
  const auto part = [&](std::int64_t from, std::int64_t n) { return y.defined() ? y.narrow(0, from, n) : y; };
  const at::Tensor all = bench.sample(p, 20, y, 0);
  if (!at::equal(bench.sample(p, 10, part(0, 10), 0), all.narrow(0, 0, 10)))
    return fail("the first 10 of 20 are others than 10");
  if (!at::equal(bench.sample(p, 10, part(10, 10), 10), all.narrow(0, 10, 10)))
    return fail("10 from index 10 on are others than the last 10 of 20");
  if (!at::equal(bench.sample(p, 20, y, 0), all)) return fail("a second call gave other samples");
  if (at::equal(all, all.narrow(0, 0, 1).expand_as(all))) return fail("all 20 samples are equal");
  return pass();
}

void sampling(const PriorBench& bench, Suite& suite) {
  constexpr const char* expected = "sample i depends on its index alone: the first 10 of 20 are 10";
  suite.check("sampling", expected, [&] { return samples_by_index(bench, prior_grid(), {}); });
  suite.check_if_taken("sampling of two streams", expected,
                       [&] { return samples_by_index(bench, prior_two_grids(), {}); });
  if (!bench.conditional()) return suite.skip("sampling with classes", "no capability conditional");
  suite.check("sampling with classes", expected,
              [&] { return samples_by_index(bench, prior_grid(), at::arange(20, at::kLong).remainder(kClasses)); });
}

void masked(const PriorBench& bench, Suite& suite) {
  if (!bench.make(prior_grid(), kClasses)->masked_log_probs())
    return suite.skip("masked log-probabilities", "the prior does not offer them");
  suite.check("masked log-probabilities", "rows that sum to 1 and do not see what is hidden", [&] {
    const Subject<Prior> p = bench.trained(prior_grid(), kClasses);
    const at::Tensor tokens = bench_tokens(6, prior_grid());
    const at::Tensor mask = bench_uniform(tokens.sizes().vec(), 6).lt(0.5);
    for (const at::Tensor& y : {at::Tensor(), bench.conditional() ? bench_labels(6) : at::Tensor()}) {
      const at::Tensor rows = p->masked_log_probs()->masked_log_probs(tokens, mask, y)[0];
      const double gap = at::logsumexp(rows, {1}).abs().max().item<double>();
      if (!(gap < 1e-3)) return fail("rows sum to exp(" + std::to_string(gap) + ")");
      const at::Tensor changed = at::where(mask, (tokens + 3).remainder(8), tokens);
      if (!at::equal(rows, p->masked_log_probs()->masked_log_probs(changed, mask, y)[0]))
        return fail("other hidden tokens gave other probabilities");
    }
    return pass();
  });
  suite.check_if_taken("masked log-probabilities of streams",
                       "the first stream does not see the second; all or nothing hidden works", [&] {
                         const Subject<Prior> p = bench.trained(prior_two_grids(), kClasses);
                         const at::Tensor tokens = bench_tokens(4, prior_two_grids());
                         at::Tensor first_only = at::zeros_like(tokens, at::kBool);
                         first_only.narrow(1, 0, 6).fill_(true);
                         at::Tensor changed = tokens.clone();
                         changed.narrow(1, 6, 12).add_(1).remainder_(6);
                         auto* prior = p->masked_log_probs();
                         const auto rows = prior->masked_log_probs(tokens, first_only, {}),
                                    others = prior->masked_log_probs(changed, first_only, {});
                         prior->masked_log_probs(tokens, at::ones_like(first_only), {});
                         prior->masked_log_probs(tokens, at::zeros_like(first_only), {});
                         return at::equal(rows[0], others[0])
                                    ? pass()
                                    : fail("tokens of the second stream changed the rows of the first");
                       });
}

void exact(const PriorBench& bench, Suite& suite) {
  if (!bench.make(prior_grid(), kClasses)->exact_likelihood())
    return suite.skip("log-likelihood", "the prior does not offer it");
  suite.check_if_taken("log-likelihood", "probabilities of all 27 series of a tiny grid that sum to 1", [&] {
    const Subject<Prior> p = bench.trained(prior_tiny_grid(), kClasses);
    const at::Tensor number = at::arange(27, at::kLong);
    const at::Tensor tokens = at::stack({number / 9, number / 3, number}, 1).to(at::kLong).remainder(3);
    for (const at::Tensor& y : {at::Tensor(), bench.conditional() ? at::ones({27}, at::kLong) : at::Tensor()}) {
      const double sum = p->exact_likelihood()->log_likelihood(tokens, y).to(at::kDouble).exp().sum().item<double>();
      if (!(std::abs(sum - 1) < 1e-3)) return fail("they sum to " + std::to_string(sum));
    }
    return pass();
  });
}

}  // namespace

void check_prior_answers(const PriorBench& bench, Suite& suite) {
  sampling(bench, suite);
  masked(bench, suite);
  exact(bench, suite);
}

}  // namespace autodidact
