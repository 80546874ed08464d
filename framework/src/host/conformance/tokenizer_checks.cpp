// Training passes of a tokenizer.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/conformance/tokenizer_bench.hpp"
#include "host/guard.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

using Shop = TokenizerWorkshop;

std::string layout_text(const Layout& layout) {
  std::string text;
  for (const Stream& s : layout)
    text += (text.empty() ? "" : ", ") + s.name + " " + std::to_string(s.height) + " x " + std::to_string(s.width) +
            " of " + std::to_string(s.vocabulary);
  return text;
}

// Everything a tokenizer is asked for, once. Shapes, types and ranges are the guard's to judge.
Outcome whole_life(const Shop& shop, const SeriesShape& shape) {
  const auto t = shop.make_for(shape);
  t->train(true);
  BenchOptimizer optimizer(1e-3);
  t->step(0, &optimizer);
  t->answers();
  (*t)->codebooks();
  return pass(layout_text((*t)->layout()));
}

Outcome sums(const Shop& shop) {
  const auto t = shop.make_for({});
  t->train(true);
  for (const Path path : {Path::quantised, Path::continuous}) {
    const View view = t->forward(t->x(), path, path == Path::quantised);
    std::string fault = sum_fault(view.total, view.terms);
    if (fault.empty()) fault = names_fault(view.terms, view.logs);
    if (fault.empty() && shop.gradient() && !view.total.requires_grad())
      fault = "a total without a graph, and the capability gradient";
    if (!fault.empty()) return fail(fault);
  }
  return pass();
}

Outcome continuous_path(const Shop& shop) {
  const auto t = shop.make_for({});
  t->train(true);
  const View view = t->forward(t->x(), Path::continuous, false);
  for (const auto& [name, term] : view.terms)
    if (name.find("commit") != std::string::npos) return fail("a term '" + name + "'");
  return pass(counted(view.terms.size(), "term"));
}

// An objective teaches the encoder through these.
Outcome latents_teach(const Shop& shop) {
  if (!shop.gradient()) return skip("no capability gradient");
  const auto t = shop.make_for({});
  t->train(true);
  const auto teaches = [&](const std::vector<at::Tensor>& maps) {
    clear_gradients(t->parameters());
    for (const at::Tensor& map : maps) {
      if (!map.requires_grad()) return false;
      (map * bench_normal(map.sizes().vec(), 3)).sum().backward({}, /*retain_graph=*/true);
    }
    for (const Parameter& p : t->parameters())
      if (has_gradient(p.tensor)) return true;
    return false;
  };
  const View quantised = t->forward(t->x(), Path::quantised, false);
  if (!teaches(quantised.z_q)) return fail("z_q of the quantised path is cut off: straight-through is expected");
  if (!teaches(quantised.z)) return fail("z of the quantised path is cut off");
  return teaches(t->forward(t->x(), Path::continuous, false).z) ? pass() : fail("z of the continuous path is cut off");
}

State books_of(TokenizerSubject& t) {
  State books;
  for (const auto& book : t->codebooks())
    if (book) books.emplace_back("a codebook", *book);
  return books;
}

// Buffers named in codebooks() only: BatchNorm statistics may move with every pass.
Outcome codebook_rests(const Shop& shop) {
  const auto t = shop.frozen();
  const State before = books_of(*t);
  if (before.empty()) return skip("no codebook");
  t->train(true);
  for (const Path path : {Path::quantised, Path::continuous}) t->forward(t->x(), path, false);
  return judged(state_difference(before, books_of(*t)));
}

Outcome batches(const Shop& shop) {
  const auto t = shop.make_for({});
  t->train(true);
  for (const std::int64_t n : {2, 3, 7})
    for (const Path path : {Path::quantised, Path::continuous})
      t->forward(bench_series(n, 1, 64), path, path == Path::quantised);
  return pass();
}

Outcome constant_series(const Shop& shop) {
  const auto t = shop.frozen();
  t->train(true);
  const at::Tensor x = at::cat({at::zeros({4, 1, 64}), at::full({4, 1, 64}, 2.5)});
  const View view = t->forward(x, Path::quantised, true);
  if (view.total.requires_grad()) view.total.backward();
  for (const Parameter& p : t->parameters())
    if (p.tensor.grad().defined() && !at::isfinite(p.tensor.grad()).all().item<bool>())
      return fail("the gradient of parameter '" + p.name + "' is not finite");
  t->answers(x);
  return pass("a total of " + number_text(view.total.item<double>()));
}

// The protocol learns on batches of an epoch; 32 series in 4 batches.
Outcome learns(const Shop& shop) {
  if (!shop.gradient()) return skip("no capability gradient");
  const auto t = shop.make_for({});
  t->train(true);
  const at::Tensor x = bench_series(32, 1, 64);
  BenchOptimizer optimizer(1e-3);
  double first = 0, last = 0;
  for (std::int64_t step = 0; step < 32; ++step) {
    const StepInfo info = bench_step(step);
    t->at_call(info);
    const View view = (*t)->forward(x.narrow(0, step % 4 * 8, 8), {Path::quantised, true}, info);
    view.total.backward();
    optimizer.step(t->parameters());
    (step < 4 ? first : last) += step < 4 || step >= 28 ? view.total.item<double>() / 4 : 0;
  }
  const std::string text = number_text(first) + ", then " + number_text(last);
  return last < first ? pass(text) : fail(text);
}

// The momentum copy of an objective like BYOL: gradients off, training mode, no codebook update.
Outcome momentum_copy(const Shop& shop) {
  const auto online = shop.frozen();
  const auto target = shop.make_for({}, {.init = 2});
  restore(online->state(), target->parameters(), target->buffers());
  for (const Parameter& p : target->parameters()) at::Tensor(p.tensor).requires_grad_(false);
  online->train(true);
  target->train(true);
  const at::NoGradGuard no_grad;
  const View a = online->forward(online->x(), Path::quantised, false),
             b = target->forward(online->x(), Path::quantised, false);
  State ours, theirs;
  for (const at::Tensor& z : a.z) ours.emplace_back("z", z);
  for (const at::Tensor& z : b.z) theirs.emplace_back("z", z);
  return judged(state_difference(ours, theirs));
}

Outcome bare_logs(const Shop& shop) {
  const auto services = bench_services("tokenizer", {});
  const auto t = shop.bare(*services);
  const Guard guard{"tokenizer/" + shop.candidate().info.name};
  services->at_call(0, 0, 0);
  const at::Tensor x = bench_series(4, 1, 64);
  const View view = guard.run("forward", [&] {
    t->train(true);
    return t->forward(x, {Path::quantised, true}, bench_step(0));
  });
  for (const auto& [name, value] : view.logs)
    if (value.defined() && value.requires_grad()) return fail("log '" + name + "' holds the graph of its step");
  return pass(counted(view.logs.size(), "log"));
}

}  // namespace

void TokenizerWorkshop::add_shape_checks(Suite& suite) const {
  const std::string expected = "every call gives what the contract says";
  suite.add("shapes (C = 1, L = 128)", expected, [this] { return whole_life(*this, {1, 128, 3}); });
  for (const SeriesShape shape : {SeriesShape{1, 61, 3}, {3, 96, 2}, {2, 65, 3}, {1, 30, 3}})
    suite.add_if_taken("shapes " + shape_text(shape), expected, [this, shape] { return whole_life(*this, shape); });
  suite.add_if_taken("very short series (L = 4)", "the same, or DataError or ConfigError that says why not", [this] {
    return whole_life(*this, {1, 4, 3});
  });
  suite.add("no labels", "a tokenizer needs none", [this] { return whole_life(*this, {1, 64, std::nullopt}); });
  suite.add("batches of 2, 3 and 7", "passes in training mode", [this] { return batches(*this); });
  suite.add("constant series", "a finite loss with finite gradients, and answers",
            [this] { return constant_series(*this); });
}

void TokenizerWorkshop::add_checks(Suite& suite) const {
  add_shape_checks(suite);
  suite.add("sum of terms", "total = sum of the terms on both paths, each term and log named once",
            [this] { return sums(*this); });
  suite.add("continuous path", "no commitment term", [this] { return continuous_path(*this); });
  suite.add("logs", "detached", [this] { return bare_logs(*this); });
  suite.add("latents teach", "z and z_q pass gradients to parameters, on both paths",
            [this] { return latents_teach(*this); });
  suite.add("codebook rests", "unchanged where update_state is false", [this] { return codebook_rests(*this); });
  suite.add("momentum copy", "a second object with the same state and no gradients gives the same z in training mode",
            [this] { return momentum_copy(*this); });
  suite.add("learns", "a loss that falls within 32 steps on 32 series", [this] { return learns(*this); });
  add_frozen_checks(suite);
}

}  // namespace autodidact
