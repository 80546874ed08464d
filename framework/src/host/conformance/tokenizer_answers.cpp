// Frozen tokenizers: encode, decode, latents.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/conformance/tokenizer_bench.hpp"
#include "host/guard.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

using Shop = TokenizerWorkshop;

// Share of tokens that differ. A value at the border of two codes may fall to either side by rounding, so that tokens
// under another batch or layout are compared by it.
double share_of_other(const at::Tensor& a, const at::Tensor& b) {
  return a.ne(b).to(at::kDouble).mean().item<double>();
}

// Mean difference in units of the mean size.
double mean_gap(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().mean().item<double>() / (b.abs().mean().item<double>() + 1e-6);
}

// "" or the first of the answers that is not close to its counterpart.
std::string answers_gap(const State& ours, const State& theirs) {
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto& [name, a] = ours[i];
    const at::Tensor& b = theirs[i].second;
    if (name == "tokens") {
      const double share = share_of_other(a, b);
      if (share > 0.05) return number_text(100 * share) + " % of the tokens differ";
    }
    if (name != "z") continue;  // the others follow from tokens
    const double gap = relative_gap(a, b);
    if (!(gap < 1e-3)) return name + " differs by " + number_text(gap) + " of its largest value";
  }
  return "";
}

State rows_of(const State& whole, std::int64_t first, std::int64_t n) {
  State rows;
  for (const auto& [name, t] : whole) rows.emplace_back(name, t.narrow(0, first, n));
  return rows;
}

Outcome batch_of_one(const Shop& shop) {
  const auto t = shop.frozen();
  const State whole = t->answers();
  for (const std::int64_t i : {0, 1, 3})
    if (const std::string gap = answers_gap(t->answers(t->x().narrow(0, i, 1)), rows_of(whole, i, 1)); !gap.empty())
      return fail(gap);
  return pass();
}

Outcome strides(const Shop& shop) {
  const auto t = shop.make_for({3, 96, 3});
  return judged(answers_gap(t->answers(strided(t->x())), t->answers(t->x())));
}

Outcome draws_nothing(const Shop& shop) {
  const auto t = shop.frozen();
  t->at_call(bench_step(0));
  const at::Tensor before = default_generator_state();
  const at::Tensor tokens = (*t)->encode(t->x(), 0);
  (*t)->decode(tokens);
  (*t)->latents(t->x());
  return at::equal(before, default_generator_state()) ? pass() : fail("encode, decode or latents drew from it");
}

Outcome any_tokens(const Shop& shop) {
  const auto t = shop.frozen();
  const Layout layout = (*t)->layout();
  std::vector<at::Tensor> least, most, mixed;
  for (const Stream& s : layout) {
    least.push_back(at::zeros({4, s.count()}, at::kLong));
    most.push_back(at::full({4, s.count()}, s.vocabulary - 1, at::kLong));
    mixed.push_back(
        (bench_uniform({4, s.count()}, 40 + s.first) * s.vocabulary).to(at::kLong).clamp_max(s.vocabulary - 1));
  }
  for (const auto* tokens : {&least, &most, &mixed}) (*t)->decode(at::cat(*tokens, 1));
  return pass();
}

Outcome layout_is_fixed(const Shop& shop) {
  const auto t = shop.frozen(), other = shop.make_for({}, {.init = 2});
  return same_layout((*t)->layout(), (*other)->layout()) ? pass(std::to_string(token_count((*t)->layout())) + " tokens")
                                                         : fail("another layout under another seed");
}

Outcome codebooks(const Shop& shop) {
  const auto t = shop.frozen();
  std::string text;
  for (const auto& book : (*t)->codebooks())
    text += (text.empty() ? "" : ", ") +
            (book ? std::to_string(book->size(0)) + " x " + std::to_string(book->size(1)) : std::string("none"));
  return pass(text);
}

// What the prior models is what the tokenizer was trained on.
Outcome agrees_with_forward(const Shop& shop) {
  const auto t = shop.frozen();
  const at::NoGradGuard no_grad;
  const View view = t->forward(t->x(), Path::quantised, false);
  const Latents latents = (*t)->latents(t->x());
  for (std::size_t s = 0; s < latents.z.size(); ++s)
    if (const double gap = relative_gap(latents.z[s], view.z[s]); !(gap < 1e-3))
      return fail("z differs by " + number_text(gap) + " of its largest value");
  const double gap = mean_gap((*t)->decode((*t)->encode(t->x(), 0)), view.x_hat);
  return gap < 0.02 ? pass("a gap of " + number_text(gap))
                    : fail("decode(encode(x)) is off x_hat by " + number_text(gap) + " of its mean size");
}

Outcome no_graph(const Shop& shop) {
  const auto services = bench_services("tokenizer", {});
  const auto t = shop.bare(*services);
  const Guard guard{"tokenizer/" + shop.candidate().info.name};
  const at::Tensor x = bench_series(4, 1, 64);
  const at::NoGradGuard no_grad;
  return guard.run("frozen calls", [&] {
    t->train(false);
    services->at_call(0, 0, 0);
    const at::Tensor tokens = t->encode(x, 0), decoded = t->decode(tokens);
    const Latents latents = t->latents(x);
    if (decoded.requires_grad()) return fail("decode hands out a graph");
    for (const auto* maps : {&latents.z, &latents.z_q})
      for (const at::Tensor& map : *maps)
        if (map.requires_grad()) return fail("latents hands out a graph");
    return pass();
  });
}

// Whatever it answers, the guard judges; a crash would be the end of this process.
Outcome not_numbers(const Shop& shop) {
  const auto t = shop.frozen();
  std::string answer;
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    at::Tensor x = t->x().clone();
    x.select(2, 5).fill_(bad);
    const bool refused = throws([&] { t->answers(x); });
    answer += std::string(answer.empty() ? "" : ", ") + number_text(bad) + (refused ? " refused" : " taken");
  }
  return pass(answer);
}

Outcome bad_input(const Shop& shop) {
  const auto t = shop.frozen();
  const State before = t->answers();
  const at::Tensor x = bench_series(2, 1, 64), tokens = (*t)->encode(x, 0);
  const std::pair<const char*, at::Tensor> wrong[] = {
      {"a longer series", bench_series(2, 1, 72)},
      {"two channels", bench_series(2, 2, 64)},
      {"float64", x.to(at::kDouble)},
      {"two axes", x.squeeze(1)},
      {"no series", x.narrow(0, 0, 0)},
      {"nothing", at::Tensor()},
  };
  for (const auto& [what, bad] : wrong) {
    const at::Tensor series = bad;
    if (!throws([&] { (*t)->forward(series, {}, bench_step(0)); })) return fail(std::string("forward took ") + what);
    if (!throws([&] { (*t)->encode(series, 0); })) return fail(std::string("encode took ") + what);
    if (!throws([&] { (*t)->latents(series); })) return fail(std::string("latents took ") + what);
  }
  const std::pair<const char*, at::Tensor> wrong_tokens[] = {
      {"int32 tokens", tokens.to(at::kInt)},
      {"too few tokens", tokens.narrow(1, 0, tokens.size(1) - 1)},
      {"tokens beyond the vocabulary", tokens.add(1 << 30)},
      {"negative tokens", tokens.sub(1 << 30)}};
  for (const auto& [what, bad] : wrong_tokens) {
    const at::Tensor given = bad;
    if (!throws([&] { (*t)->decode(given); })) return fail(std::string("decode took ") + what);
  }
  return judged(state_difference(before, t->answers()));
}

// Tokens of the same call, of the next epoch, and at a temperature near 0.
Outcome stochastic(const Shop& shop) {
  if (!shop.can("stochastic_encode")) return skip("no capability stochastic_encode");
  const auto t = shop.frozen();
  const State before = t->state();
  StepInfo next = bench_step(0);
  next.epoch = 1;
  t->at_call(bench_step(0));
  const at::Tensor generator = default_generator_state(), first = (*t)->encode(t->x(), 2.0);
  if (!at::equal(generator, default_generator_state()))
    return fail("drawn from LibTorch's default generator; HostServices::generator(codebook) is for that");
  t->at_call(bench_step(0));
  if (!at::equal(first, (*t)->encode(t->x(), 2.0))) return fail("the same call gave other tokens");
  t->at_call(next);
  const double other = share_of_other(first, (*t)->encode(t->x(), 2.0));
  const std::string difference = state_difference(before, t->state());
  return judged(difference, number_text(100 * other) + " % of the tokens differ in the next epoch");
}

// Equal codes may be told apart by chance; they are decoded alike.
Outcome cold(const Shop& shop) {
  if (!shop.can("stochastic_encode")) return skip("no capability stochastic_encode");
  const auto t = shop.frozen();
  t->at_call(bench_step(0));
  const double gap = mean_gap((*t)->decode((*t)->encode(t->x(), 1e-9)), (*t)->decode((*t)->encode(t->x(), 0)));
  return gap < 0.02 ? pass("a gap of " + number_text(gap)) : fail("a gap of " + number_text(gap) + " of the mean size");
}

}  // namespace

void TokenizerWorkshop::add_frozen_checks(Suite& suite) const {
  suite.add("layout", "the same whatever the seed and the state", [this] { return layout_is_fixed(*this); });
  suite.add("codebooks", "one (K, d) a stream, or none", [this] { return codebooks(*this); });
  suite.add("batch of 1", "the answers for a series do not depend on its batch",
            [this] { return batch_of_one(*this); });
  suite.add_if_taken("strided series", "the answers do not depend on how a series lies in memory",
                     [this] { return strides(*this); });
  suite.add("frozen calls draw nothing", "LibTorch's default generator untouched",
            [this] { return draws_nothing(*this); });
  suite.add("any tokens", "decode takes every token of each vocabulary", [this] { return any_tokens(*this); });
  suite.add("agrees with forward", "z of latents, and decode(encode(x)), are those of forward in eval mode",
            [this] { return agrees_with_forward(*this); });
  suite.add("no graph", "frozen calls under no_grad hand out plain tensors", [this] { return no_graph(*this); });
  suite.add("series that are no numbers", "an answer in range or an error, never a crash",
            [this] { return not_numbers(*this); });
  suite.add("bad input", "an error that leaves the object as it was", [this] { return bad_input(*this); });
  suite.add("stochastic encode", "tau > 0 draws from the call's own generator", [this] { return stochastic(*this); });
  suite.add("cold encode", "tau near 0 gives the series of tau = 0", [this] { return cold(*this); });
}

}  // namespace autodidact
