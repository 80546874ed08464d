// What a frozen prior answers: samples that do not depend on how a set is cut, probabilities that are probabilities.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <cmath>

#include "host/conformance/prior_bench.hpp"
#include "host/guard.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

using Shop = PriorWorkshop;

Outcome samples_by_index(const Shop& shop, const TokenShape& shape, const at::Tensor& y) {
  const auto p = shop.frozen(shape);
  const auto part = [&](std::int64_t from, std::int64_t n) { return y.defined() ? y.narrow(0, from, n) : y; };
  const at::Tensor all = p->sample(20, y, 0);
  if (!at::equal(p->sample(10, part(0, 10), 0), all.narrow(0, 0, 10)))
    return fail("the first 10 of 20 are others than 10");
  if (!at::equal(p->sample(10, part(10, 10), 10), all.narrow(0, 10, 10)))
    return fail("10 from index 10 on are others than the last 10 of 20");
  if (!at::equal(p->sample(20, y, 0), all)) return fail("a second call gave other samples");
  if (at::equal(all, all.narrow(0, 0, 1).expand_as(all))) return fail("all 20 samples are equal");
  return pass();
}

Outcome draws_nothing(const Shop& shop) {
  const auto p = shop.frozen(prior_grid());
  p->at_call(bench_step(0));
  const at::Tensor before = default_generator_state();
  p->answers();  // which sets the generator to the same start
  if (!at::equal(before, default_generator_state()))
    return fail("sampling or likelihoods drew from it; HostServices::uniform is for samples");
  return pass();
}

// After enough steps to tell the classes apart: tokens of the bench follow them.
Outcome classes_differ(const Shop& shop) {
  if (!shop.conditional()) return skip("no capability conditional");
  const auto p = shop.frozen(prior_grid(), 24);
  const auto of_class = [&](std::int64_t c) { return at::full({16}, c, at::kLong); };
  State first, second;
  for (const auto& [state, c] : {std::pair{&first, 0}, {&second, 1}}) {
    state->emplace_back("samples", p->sample(16, of_class(c), 0));
    if (auto* masked = (*p)->masked_log_probs())
      for (const at::Tensor& rows :
           masked->masked_log_probs(p->tokens(), at::ones_like(p->tokens(), at::kBool), of_class(c)))
        state->emplace_back("log-probabilities", rows);
    if (auto* exact = (*p)->exact_likelihood())
      state->emplace_back("log-likelihoods", exact->log_likelihood(p->tokens(), of_class(c)));
  }
  for (std::size_t i = 0; i < first.size(); ++i)
    if (at::equal(first[i].second, second[i].second)) return fail(first[i].first + " of class 0 are those of class 1");
  return pass();
}

// The least value of each, and each choice.
Outcome sample_values(const Shop& shop) {
  const auto p = shop.frozen(prior_grid());
  const auto values = shop.candidate().sample.values();
  std::size_t tried = 0;
  const auto attempt = [&](const std::string& name, const ParamValue& value) {
    auto changed = values;
    changed[name] = value;
    ++tried;
    try {
      p->sample(4, {}, 0, Params(changed));
    } catch (const PluginRefusal&) {
    }
  };
  for (const ParamInfo& info : shop.candidate().info.params) {
    if (info.phase != Phase::sample) continue;
    const bool bounded = std::isfinite(info.min);
    if (info.type == ParamType::boolean) attempt(info.name, !std::get<bool>(values.at(info.name)));
    for (const std::string& choice : info.choices) attempt(info.name, choice);
    if (bounded && info.type == ParamType::integer) attempt(info.name, static_cast<std::int64_t>(info.min));
    if (bounded && info.type == ParamType::real) attempt(info.name, info.min);
    if (bounded && info.type == ParamType::integers)
      attempt(info.name, std::vector<std::int64_t>{static_cast<std::int64_t>(info.min)});
    if (bounded && info.type == ParamType::reals) attempt(info.name, std::vector<double>{info.min});
  }
  return tried == 0 ? skip("no parameters of phase sample") : pass(counted(tried, "value"));
}

Outcome strides(const Shop& shop) {
  const auto p = shop.make_for(prior_grid()), q = shop.make_for(prior_grid());
  const auto train = [&](PriorSubject& subject, const at::Tensor& tokens) {
    subject.train(true);
    subject.at_call(bench_step(0));
    if (!shop.gradient()) {
      subject->fit(tokens, subject.y());
      return 0.0;
    }
    return subject->fit_step(tokens, subject.y(), bench_step(0)).total.item<double>();
  };
  const double plain = train(*p, p->tokens()), other = train(*q, strided(q->tokens()));
  if (!(std::abs(plain - other) <= 1e-3 * (std::abs(plain) + 1e-3)))
    return fail("losses " + number_text(plain) + " and " + number_text(other));
  return judged(state_difference(snapshot({}, p->buffers()), snapshot({}, q->buffers())));
}

Outcome no_graph(const Shop& shop) {
  const auto services = bench_services("prior", {});
  const auto p = shop.bare(*services);
  const Guard guard{"prior/" + shop.candidate().info.name};
  const at::Tensor tokens = bench_tokens(16, prior_grid().layout);
  const at::NoGradGuard no_grad;
  return guard.run("frozen calls", [&] {
    if (!shop.gradient()) p->fit(tokens, bench_labels(16));
    p->train(false);
    services->at_call(0, 0, 0);
    if (auto* masked = p->masked_log_probs())
      for (const at::Tensor& rows : masked->masked_log_probs(tokens, at::ones_like(tokens, at::kBool), {}))
        if (rows.requires_grad()) return fail("masked_log_probs hands out a graph");
    if (auto* exact = p->exact_likelihood(); exact && exact->log_likelihood(tokens, {}).requires_grad())
      return fail("log_likelihood hands out a graph");
    return pass();
  });
}

// `probabilities` on several series, with and without classes.
Outcome masked_rows(
    const Shop& shop,
    const std::function<std::string(MaskedLogProbs&, const at::Tensor& tokens, const at::Tensor& y)>& judge) {
  const auto p = shop.frozen(prior_grid());
  auto* masked = (*p)->masked_log_probs();
  if (!masked) return skip("the prior does not offer them");
  const at::Tensor tokens = bench_tokens(6, prior_grid().layout);
  std::string fault = judge(*masked, tokens, {});
  if (fault.empty() && shop.conditional()) fault = judge(*masked, tokens, bench_labels(6));
  return judged(fault);
}

at::Tensor half_hidden(const at::Tensor& tokens) { return bench_uniform(tokens.sizes().vec(), 6).lt(0.5); }

std::string sum_to_one(MaskedLogProbs& prior, const at::Tensor& tokens, const at::Tensor& y) {
  const at::Tensor rows = prior.masked_log_probs(tokens, half_hidden(tokens), y)[0];
  const double gap = at::logsumexp(rows, {1}).abs().max().item<double>();
  return gap < 1e-3 ? "" : "rows sum to exp(" + number_text(gap) + ")";
}

std::string see_nothing_hidden(MaskedLogProbs& prior, const at::Tensor& tokens, const at::Tensor& y) {
  const at::Tensor mask = half_hidden(tokens), changed = at::where(mask, (tokens + 3).remainder(8), tokens);
  const auto rows = prior.masked_log_probs(tokens, mask, y), others = prior.masked_log_probs(changed, mask, y);
  return at::equal(rows[0], others[0]) ? "" : "other hidden tokens gave other probabilities";
}

std::string all_and_nothing(MaskedLogProbs& prior, const at::Tensor& tokens, const at::Tensor& y) {
  prior.masked_log_probs(tokens, at::ones_like(tokens, at::kBool), y);
  prior.masked_log_probs(tokens, at::zeros_like(tokens, at::kBool), y);
  return "";
}

Outcome earlier_streams(const Shop& shop) {
  const auto p = shop.frozen(prior_two_grids());
  auto* masked = (*p)->masked_log_probs();
  if (!masked) return skip("the prior does not offer them");
  const at::Tensor tokens = bench_tokens(4, prior_two_grids().layout);
  at::Tensor first_only = at::zeros_like(tokens, at::kBool);
  first_only.narrow(1, 0, 6).fill_(true);
  at::Tensor changed = tokens.clone();
  changed.narrow(1, 6, 12).add_(1).remainder_(6);
  const auto rows = masked->masked_log_probs(tokens, first_only, {}),
             others = masked->masked_log_probs(changed, first_only, {});
  return at::equal(rows[0], others[0]) ? pass() : fail("tokens of the second stream changed the rows of the first");
}

// All 27 series of a tiny grid.
Outcome exact_sum(const Shop& shop) {
  const auto p = shop.frozen(prior_tiny_grid());
  auto* exact = (*p)->exact_likelihood();
  if (!exact) return skip("the prior does not offer it");
  const at::Tensor number = at::arange(27, at::kLong);
  const at::Tensor tokens = at::stack({number.floor_divide(9), number.floor_divide(3), number}, 1).remainder(3);
  for (const at::Tensor& y : {at::Tensor(), shop.conditional() ? at::ones({27}, at::kLong) : at::Tensor()}) {
    const double sum = exact->log_likelihood(tokens, y).to(at::kDouble).exp().sum().item<double>();
    if (!(std::abs(sum - 1) < 1e-3)) return fail("they sum to " + number_text(sum));
  }
  return pass();
}

}  // namespace

void PriorWorkshop::add_sampling_checks(Suite& suite) const {
  constexpr const char* expected = "sample i depends on its index alone: the first 10 of 20 are 10";
  suite.add("sampling", expected, [this] { return samples_by_index(*this, prior_grid(), {}); });
  suite.add_if_taken("sampling of two streams", expected,
                     [this] { return samples_by_index(*this, prior_two_grids(), {}); });
  suite.add("sampling with classes", expected, [this] {
    if (!conditional()) return skip("no capability conditional");
    return samples_by_index(*this, prior_grid(), bench_labels(20));
  });
  suite.add("classes differ", "other samples and probabilities for another class",
            [this] { return classes_differ(*this); });
  suite.add("sampling values", "the least value and each choice of phase sample work, or are refused with ConfigError",
            [this] { return sample_values(*this); });
  suite.add("frozen calls draw nothing", "LibTorch's default generator untouched",
            [this] { return draws_nothing(*this); });
  suite.add("strided tokens", "training does not depend on how tokens lie in memory",
            [this] { return strides(*this); });
  suite.add("no graph", "frozen calls under no_grad hand out plain tensors", [this] { return no_graph(*this); });
}

void PriorWorkshop::add_likelihood_checks(Suite& suite) const {
  suite.add("masked log-probabilities", "rows that sum to 1", [this] { return masked_rows(*this, sum_to_one); });
  suite.add("hidden tokens", "rows do not see what is hidden",
            [this] { return masked_rows(*this, see_nothing_hidden); });
  suite.add("all or nothing hidden", "as many rows as tokens, or none",
            [this] { return masked_rows(*this, all_and_nothing); });
  suite.add_if_taken("earlier streams", "the first stream does not see the second",
                     [this] { return earlier_streams(*this); });
  suite.add_if_taken("log-likelihood", "probabilities of all 27 series of a tiny grid that sum to 1",
                     [this] { return exact_sum(*this); });
}

}  // namespace autodidact
