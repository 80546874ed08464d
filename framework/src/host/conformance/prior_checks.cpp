// Priors: training on small grids of every form.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/conformance/prior_bench.hpp"
#include "host/guard.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

using Shop = PriorWorkshop;

// Everything a prior is asked for, once. Shapes, types and ranges are the guard's to judge.
Outcome whole_life(const Shop& shop, const TokenShape& shape) {
  const auto p = shop.make_for(shape);
  p->train(true);
  BenchOptimizer optimizer(1e-3);
  for (std::int64_t step = 0; step < 2; ++step) p->step(step, &optimizer);
  p->answers();
  p->sample(1, {}, 3);
  if (shape.n_classes && shop.conditional()) p->sample(5, bench_labels(5).remainder(*shape.n_classes), 0);
  return pass(std::to_string(token_count(shape.layout)) + " tokens");
}

TokenShape with_classes(TokenShape shape, std::optional<std::int64_t> n) {
  shape.n_classes = n;
  return shape;
}
TokenShape with_codes(TokenShape shape, std::int64_t width) {
  shape.code_width = width;
  return shape;
}

Outcome sums(const Shop& shop) {
  if (!shop.gradient()) return skip("no capability gradient: fitted once, without a loss");
  const auto p = shop.make_for(prior_grid());
  p->train(true);
  p->at_call(bench_step(0));
  const Loss loss = (*p)->fit_step(p->tokens(), p->y(), bench_step(0));
  std::string fault = sum_fault(loss.total, loss.terms);
  if (fault.empty()) fault = names_fault(loss.terms, loss.logs);
  if (fault.empty() && !loss.total.requires_grad()) fault = "a total without a graph, and the capability gradient";
  return judged(fault);
}

Outcome fitted_once(const Shop& shop) {
  if (shop.gradient()) return skip("trained by gradient, in steps");
  const auto p = shop.make_for(prior_grid());
  if (!p->parameters().empty()) return fail("parameters, which no optimiser will move; fit changes buffers");
  const State before = p->state();
  p->train(true);
  p->step(0);
  return state_difference(before, p->state()).empty() ? fail("fit left every buffer as it was") : pass();
}

Outcome batches(const Shop& shop) {
  if (!shop.gradient()) return skip("no capability gradient: fitted once, with all series");
  const auto p = shop.make_for(prior_grid());
  p->train(true);
  for (const std::int64_t n : {1, 2, 7}) {
    p->at_call(bench_step(0));
    (*p)->fit_step(p->tokens().narrow(0, 0, n), p->y().narrow(0, 0, n), bench_step(0));
  }
  return pass();
}

Outcome bare_logs(const Shop& shop) {
  if (!shop.gradient()) return skip("no capability gradient: fitted once, without logs");
  const auto services = bench_services("prior", {});
  const auto p = shop.bare(*services);
  const Guard guard{"prior/" + shop.candidate().info.name};
  services->at_call(0, 0, 0);
  const Loss loss = guard.run("fit_step", [&] {
    p->train(true);
    return p->fit_step(bench_tokens(16, prior_grid().layout), bench_labels(16), bench_step(0));
  });
  for (const auto& [name, value] : loss.logs)
    if (value.defined() && value.requires_grad()) return fail("log '" + name + "' holds the graph of its step");
  return pass(counted(loss.logs.size(), "log"));
}

Outcome learns(const Shop& shop) {
  if (!shop.gradient()) return skip("no capability gradient: fitted once, without an optimiser");
  const auto p = shop.make_for(prior_grid());
  p->train(true);
  BenchOptimizer optimizer(1e-3);
  double first = 0, last = 0;  // masks differ from step to step: means over eight
  for (std::int64_t step = 0; step < 24; ++step) {
    const double total = p->step(step, &optimizer);
    if (step < 8) first += total / 8;
    if (step >= 16) last += total / 8;
  }
  const std::string text = number_text(first) + ", then " + number_text(last);
  return last < first ? pass(text) : fail(text);
}

Outcome bad_input(const Shop& shop) {
  const auto p = shop.frozen(prior_grid());
  const State before = p->answers();
  const at::Tensor tokens = bench_tokens(4, prior_grid().layout), y = bench_labels(4);
  const auto refuses = [&](const at::Tensor& bad, const at::Tensor& labels) {
    return throws([&] {
      if (shop.gradient())
        (*p)->fit_step(bad, labels, bench_step(0));
      else
        (*p)->fit(bad, labels);
    });
  };
  if (!refuses(tokens.narrow(1, 0, 5), y)) return fail("took too few tokens a series");
  if (!refuses(tokens.to(at::kInt), y)) return fail("took int32 tokens");
  if (!refuses(tokens.add(100), y)) return fail("took tokens beyond the vocabulary");
  if (!refuses(tokens.sub(100), y)) return fail("took negative tokens");
  if (!refuses(tokens, y.add(100))) return fail("took classes that do not exist");
  if (!refuses(tokens, y.narrow(0, 0, 2))) return fail("took too few labels");
  if (!refuses(at::Tensor(), y)) return fail("took nothing");
  if (!throws([&] { p->sample(0, {}, 0); })) return fail("made no samples without complaint");
  if (!throws([&] { p->sample(4, y.add(100), 0); })) return fail("sampled a class that does not exist");
  return judged(state_difference(before, p->answers()));
}

}  // namespace

void PriorWorkshop::add_checks(Suite& suite) const {
  const std::string expected = "training and sampling as the contract says";
  const auto add = [&](const std::string& name, const TokenShape& shape) {
    suite.add_if_taken(name, expected, [this, shape] { return whole_life(*this, shape); });
  };
  suite.add("one stream, 3 classes", expected, [this] { return whole_life(*this, prior_grid()); });
  suite.add("one stream, no labels", expected,
            [this] { return whole_life(*this, with_classes(prior_grid(), std::nullopt)); });
  add("one class", with_classes(prior_grid(), 1));
  add("two streams, 3 classes", prior_two_grids());
  add("two streams, no labels", with_classes(prior_two_grids(), std::nullopt));
  add("a grid of 1 x 3", prior_tiny_grid());
  add("one token of two codes",
      {{{.name = "all", .height = 1, .width = 1, .channels = 4, .vocabulary = 2, .first = 0}}, 3, 4});
  add("without a codebook", with_codes(prior_grid(), 0));
  add("codes of another width", with_codes(prior_grid(), 6));  // d need not equal D
  suite.add("batches of 1, 2 and 7", "losses in training mode", [this] { return batches(*this); });
  suite.add("sum of terms", "total = sum of the terms, each term and log named once", [this] { return sums(*this); });
  suite.add("logs", "detached", [this] { return bare_logs(*this); });
  suite.add("fitted once", "fit puts what it learns into buffers; there are no parameters",
            [this] { return fitted_once(*this); });
  suite.add("learns", "a loss that falls within 24 steps on one batch", [this] { return learns(*this); });
  add_sampling_checks(suite);
  add_likelihood_checks(suite);
  suite.add("bad input", "an error that leaves the object as it was", [this] { return bad_input(*this); });
}

}  // namespace autodidact
