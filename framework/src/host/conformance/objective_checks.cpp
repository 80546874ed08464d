// Objectives: a scalar of two views, and what it teaches them.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/conformance/objective_bench.hpp"
#include "host/guard.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

using Shop = ObjectiveWorkshop;
constexpr const char* kNoGradient = "no capability gradient";

Outcome whole_life(const Shop& shop, const ViewShape& shape) {
  const auto o = shop.make_for(shape);
  o->train(true);
  BenchOptimizer optimizer(1e-3);
  const double total = o->step(0, &optimizer);
  o->answers();
  return pass("a total of " + number_text(total));
}

Outcome sums(const Shop& shop) {
  const auto o = shop.make_for(one_stream());
  o->train(true);
  const Loss loss = o->loss_of(shop.pair());
  std::string fault = sum_fault(loss.total, loss.terms);
  if (fault.empty()) fault = names_fault(loss.terms, loss.logs);
  if (fault.empty() && shop.gradient() && !loss.total.requires_grad())
    fault = "a total without a graph, and the capability gradient";
  return judged(fault);
}

Outcome batches(const Shop& shop) {
  const auto o = shop.make_for(one_stream());
  o->train(true);
  for (const std::int64_t n : {2, 3, 7, 64}) o->loss_of(shop.pair(n));
  return pass();
}

Outcome batch_of_one(const Shop& shop) {
  const auto o = shop.make_for(one_stream());
  o->train(false);
  try {
    return pass("a total of " + number_text(o->loss_of(shop.pair(1)).total.item<double>()));
  } catch (const PluginRefusal& e) {
    return pass(e.what());  // statistics over the batch need more than one series
  }
}

std::vector<at::Tensor> leaves_of(const Embedding& e) {
  std::vector<at::Tensor> leaves = e.maps;
  leaves.push_back(e.pooled);
  return leaves;
}

// "" or what is wrong with the gradients of one side; `reached` says whether there are any.
std::string side_fault(const Embedding& e, bool& reached) {
  for (const at::Tensor& leaf : leaves_of(e)) {
    if (leaf.grad().defined() && !at::isfinite(leaf.grad()).all().item<bool>()) return "a gradient that is not finite";
    reached = reached || has_gradient(leaf);
  }
  return "";
}

Outcome views_learn(const Shop& shop) {
  if (!shop.gradient()) return skip(kNoGradient);
  const auto o = shop.make_for(one_stream());
  o->train(true);
  const ObjectiveInput input = shop.pair();
  o->loss_of(input).total.backward();
  bool a = false, b = false;
  std::string fault = side_fault(input.a, a);
  if (fault.empty()) fault = side_fault(input.b, b);
  if (fault.empty() && !a && !b) fault = "neither view gets a gradient, so no encoder can learn";
  return judged(fault, a && b ? "both views" : a ? "a alone" : "b alone");
}

// Views that are equal, and a batch in which every series is: what a collapse looks like.
Outcome extreme_views(const Shop& shop, bool collapsed) {
  const auto o = shop.make_for(one_stream());
  o->train(true);
  ObjectiveInput input = shop.pair();
  const auto alike = [&](const at::Tensor& t) {
    return (collapsed ? t.detach().narrow(0, 0, 1).expand_as(t).clone() : t.detach().clone()).requires_grad_();
  };
  for (at::Tensor& map : input.a.maps) map = alike(map);
  input.a.pooled = alike(input.a.pooled);
  input.b.pooled = alike(input.a.pooled);
  for (std::size_t s = 0; s < input.b.maps.size(); ++s) input.b.maps[s] = alike(input.a.maps[s]);
  if (input.target_a) {
    input.target_a = Embedding{{input.a.maps[0].detach()}, input.a.pooled.detach()};
    input.target_b = Embedding{{input.b.maps[0].detach()}, input.b.pooled.detach()};
  }
  const Loss loss = o->loss_of(input);
  if (!loss.total.requires_grad()) return pass("a total of " + number_text(loss.total.item<double>()));
  loss.total.backward();
  bool reached = false;
  std::string fault = side_fault(input.a, reached);
  if (fault.empty()) fault = side_fault(input.b, reached);
  for (const Parameter& p : o->parameters())
    if (fault.empty() && p.tensor.grad().defined() && !at::isfinite(p.tensor.grad()).all().item<bool>())
      fault = "the gradient of parameter '" + p.name + "' is not finite";
  return judged(fault, "a total of " + number_text(loss.total.item<double>()));
}

// Latent maps of a tokenizer are often views of channels-last memory.
Outcome strides(const Shop& shop) {
  const auto o = shop.make_for(one_stream());
  o->train(false);
  ObjectiveInput input = shop.pair();
  const double plain = o->loss_of(input).total.item<double>();
  const auto lay_out = [](Embedding& e) {
    e.pooled = strided(e.pooled.detach()).requires_grad_();
    for (at::Tensor& map : e.maps) map = strided(map.detach()).requires_grad_();
  };
  lay_out(input.a);
  lay_out(input.b);
  if (input.target_a) lay_out(*input.target_a);
  if (input.target_b) lay_out(*input.target_b);
  const double other = o->loss_of(input).total.item<double>();
  const std::string text = number_text(plain) + " and " + number_text(other);
  return std::abs(plain - other) <= 1e-3 * (std::abs(plain) + 1e-3) ? pass(text) : fail(text);
}

// The optimiser alone moves parameters.
Outcome after_step(const Shop& shop) {
  const auto o = shop.make_for(one_stream());
  o->train(true);
  o->step(0);
  const State before = snapshot(o->parameters(), {});
  (*o)->after_step(bench_step(0));
  return judged(state_difference(before, snapshot(o->parameters(), {})));
}

Outcome momentum(const Shop& shop) {
  if (!shop.can("target_tokenizer")) return skip("no capability target_tokenizer");
  const auto o = shop.make_for(one_stream());
  std::string text;
  for (const std::int64_t step : {0, 1, 31, 63}) {
    const double m = (*o)->momentum(bench_step(step));  // its range is the guard's to judge
    text += (text.empty() ? "" : ", ") + number_text(m);
  }
  return pass(text);
}

Outcome bare_logs(const Shop& shop) {
  const auto services = bench_services("objective", {});
  const auto o = shop.bare(*services);
  const Guard guard{"objective/" + shop.candidate().info.name};
  services->at_call(0, 0, 0);
  const ObjectiveInput input = shop.pair();
  const Loss loss = guard.run("loss", [&] {
    o->train(true);
    return o->loss(input);
  });
  for (const auto& [name, value] : loss.logs)
    if (value.defined() && value.requires_grad()) return fail("log '" + name + "' holds the graph of its step");
  return pass(counted(loss.logs.size(), "log"));
}

// Embeddings and projector move together, as they do in training.
Outcome learns(const Shop& shop) {
  if (!shop.gradient()) return skip(kNoGradient);
  const auto o = shop.make_for(one_stream());
  o->train(true);
  ObjectiveInput input = shop.pair();
  std::vector<Parameter> views;
  for (const Embedding* e : {&input.a, &input.b})
    for (const at::Tensor& leaf : leaves_of(*e)) views.push_back({"view", leaf, 1, false});
  BenchOptimizer optimizer(3e-4), moves(1e-2);  // gentle: projectors may be wide
  double first = 0, last = 0;
  for (std::int64_t step = 0; step < 16; ++step) {
    input.info = bench_step(step);
    const Loss loss = o->loss_of(input);
    last = loss.total.item<double>();
    if (step == 0) first = last;
    loss.total.backward();
    optimizer.step(o->parameters());
    (*o)->after_step(input.info);
    moves.step(views);
  }
  const std::string text = number_text(first) + ", then " + number_text(last);
  return last < first ? pass(text) : fail(text);
}

Outcome bad_input(const Shop& shop) {
  const auto o = shop.make_for(one_stream());
  const State before = o->answers();
  const auto refuses = [&](const std::function<void(ObjectiveInput&)>& spoil) {
    ObjectiveInput input = shop.pair();
    spoil(input);
    return throws([&] { o->loss_of(input); });
  };
  if (!refuses([](ObjectiveInput& i) { i.a.pooled = i.a.pooled.narrow(1, 0, 3); })) return fail("took another width");
  if (!refuses([](ObjectiveInput& i) { i.b.pooled = i.b.pooled.narrow(0, 0, 3); })) return fail("took unequal batches");
  if (!refuses([](ObjectiveInput& i) { i.a.pooled = i.a.pooled.to(at::kDouble); })) return fail("took float64");
  if (!refuses([](ObjectiveInput& i) { i.b.pooled = at::Tensor(); })) return fail("took nothing");
  if (!refuses([](ObjectiveInput& i) { i.a.maps.clear(); })) return fail("took no latent maps");
  return judged(state_difference(before, o->answers()));
}

}  // namespace

void ObjectiveWorkshop::add_checks(Suite& suite) const {
  const std::string expected = "a step and a loss in eval mode as the contract says";
  suite.add("one stream", expected, [this] { return whole_life(*this, one_stream()); });
  suite.add_if_taken("two streams", expected, [this] { return whole_life(*this, two_streams()); });
  suite.add_if_taken("pooled by means alone", expected, [this] {
    ViewShape shape = one_stream();
    shape.pool = Pool::avg;
    return whole_life(*this, shape);
  });
  suite.add("no labels", "an objective needs none", [this] {
    ViewShape shape = one_stream();
    shape.n_classes.reset();
    return whole_life(*this, shape);
  });
  suite.add("batches of 2, 3, 7 and 64", "losses in training mode", [this] { return batches(*this); });
  suite.add("batch of 1", "a loss in eval mode, or DataError that says why there is none",
            [this] { return batch_of_one(*this); });
  suite.add("sum of terms", "total = sum of the terms, each term and log named once", [this] { return sums(*this); });
  suite.add("logs", "detached", [this] { return bare_logs(*this); });
  suite.add("views learn", "finite gradients for what the encoder gives", [this] { return views_learn(*this); });
  suite.add_if_taken("equal views", "a finite loss with finite gradients",
                     [this] { return extreme_views(*this, false); });
  suite.add_if_taken("collapsed views", "a finite loss with finite gradients where all series are alike",
                     [this] { return extreme_views(*this, true); });
  suite.add("strided views", "the loss does not depend on how views lie in memory", [this] { return strides(*this); });
  suite.add("after_step", "parameters stay: only buffers are moved there", [this] { return after_step(*this); });
  suite.add("momentum", "a number in [0, 1] at every step", [this] { return momentum(*this); });
  suite.add("learns", "a loss that falls within 16 steps on one batch", [this] { return learns(*this); });
  suite.add("bad input", "an error that leaves the object as it was", [this] { return bad_input(*this); });
}

}  // namespace autodidact
