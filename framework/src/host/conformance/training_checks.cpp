// Training as the protocol does it: numbers that depend on the seed alone, gradients, a loss that falls.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/conformance/parts.hpp"
#include "host/conformance/surroundings.hpp"

namespace autodidact {

namespace {

constexpr const char* kNoGradient = "no capability gradient";

State end_of(Subject& subject) {
  State end = subject.state();
  for (auto& answer : subject.answers()) end.push_back(answer);
  return end;
}

Outcome determinism(const Workshop& w) {
  const auto first = w.trained(), second = w.trained();
  return judged(state_difference(end_of(*first), end_of(*second)));
}

// Each alone, then both step by step.
Outcome two_at_once(const Workshop& w) {
  const auto alone = w.trained(), other_alone = w.trained({.init = 2});
  const auto one = w.make(), other = w.make({.init = 2});
  one->train(true);
  other->train(true);
  BenchOptimizer optimizer(1e-3), other_optimizer(1e-3);
  for (std::int64_t step = 0; step < kBenchSteps; ++step) {
    one->step(step, &optimizer);
    other->step(step, &other_optimizer);
  }
  std::string difference = state_difference(end_of(*alone), end_of(*one));
  if (difference.empty()) difference = state_difference(end_of(*other_alone), end_of(*other));
  return judged(difference);
}

// The calls of two steps and frozen ones before one backward, against each call with its own backward at once.
Outcome valid_until_backward(const Workshop& w) {
  if (!w.gradient()) return skip(kNoGradient);
  const auto held = w.make(), plain = w.make();
  for (Subject* subject : {held.get(), plain.get()}) subject->train(true);
  const at::Tensor first = held->loss(0), second = held->loss(1);
  held->answers();
  (first + second).backward();
  for (std::int64_t step = 0; step < 2; ++step) plain->calls(step, [](const at::Tensor& part) { part.backward(); });
  const auto ours = held->parameters(), theirs = plain->parameters();
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const at::Tensor a = ours[i].tensor.grad(), b = theirs[i].tensor.grad();
    if (a.defined() != b.defined()) return fail("parameter '" + ours[i].name + "' lost or won its gradient");
    if (!a.defined()) continue;
    const double gap = relative_gap(a, b);
    if (!(gap < 1e-3)) return fail("the gradient of '" + ours[i].name + "' is off by " + number_text(gap));
  }
  return pass();
}

Outcome finite_gradients(const Workshop& w) {
  if (!w.gradient()) return skip(kNoGradient);
  const auto subject = w.trained();
  subject->step(kBenchSteps);
  for (const Parameter& p : subject->parameters())
    if (p.tensor.grad().defined() && !at::isfinite(p.tensor.grad()).all().item<bool>())
      return fail("the gradient of parameter '" + p.name + "' is not finite");
  return pass();
}

// Two steps: a first may leave out a branch that a class or a mask decides on.
Outcome reached(const Workshop& w) {
  if (!w.gradient()) return skip(kNoGradient);
  const auto subject = w.make();
  subject->train(true);
  for (std::int64_t step = 0; step < 2; ++step) subject->step(step);
  std::size_t all = 0, lacking = 0;
  std::string names;
  for (const Parameter& p : subject->parameters()) {
    ++all;
    if (has_gradient(p.tensor)) continue;
    if (++lacking <= 3) names += (names.empty() ? "'" : ", '") + p.name + "'";
  }
  if (all == 0) return skip("no parameters");
  const std::string text = std::to_string(all - lacking) + " of " + std::to_string(all) +
                           (names.empty() ? "" : ", not " + names + (lacking > 3 ? ", ..." : ""));
  return lacking < all ? pass(text) : fail(text);
}

Outcome low_precision(const Workshop& w) {
  const auto subject = w.make({.precision = Precision::bf16});
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  const double total = subject->step(0, &optimizer);
  subject->answers();
  return pass("a total of " + number_text(total));
}

Outcome memory(const Workshop& w) {
  constexpr std::int64_t kFirst = 6, kSteps = 16;
  constexpr std::size_t kEach = 16384;  // allowed a step: LibTorch keeps what it has made for shapes it has seen
  const auto subject = w.make();
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  std::size_t before = 0;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    if (step == kFirst) before = heap_in_use();
    subject->step(step, &optimizer);
  }
  const std::size_t after = heap_in_use();
  if (before == 0) return skip("this build's allocator does not say what is in use");
  const std::string text = std::to_string(after > before ? (after - before) / 1024 : 0) + " kB more";
  return after < before + kEach * (kSteps - kFirst) ? pass(text) : fail(text);
}

}  // namespace

void add_training_checks(Suite& suite, const Workshop& w) {
  suite.add("determinism", "two objects of one seed stay equal bit for bit through training and answers",
            [&] { return determinism(w); });
  suite.add("two at once", "objects trained in turn are what each would be alone: nothing global",
            [&] { return two_at_once(w); });
  suite.add("valid until backward", "what a loss saved outlives the calls that come in between",
            [&] { return valid_until_backward(w); });
  suite.add("finite gradients", "no NaN and no infinity", [&] { return finite_gradients(w); });
  suite.add("gradients reach", "parameters get a gradient that is not 0", [&] { return reached(w); });
  suite.add("bf16", "float32 and finite numbers also where the host asks for bf16", [&] { return low_precision(w); });
  suite.add("memory of training", "steps 7 to 16 keep no memory (16 kB a step are let pass)",
            [&] { return memory(w); });
}

}  // namespace autodidact
