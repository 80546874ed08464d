// Frozen objects: nothing moves, nothing is drawn, and a copy through plain buffers is as good as the first.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/conformance/parts.hpp"

namespace autodidact {

namespace {

Outcome still(const Workshop& w) {
  const auto subject = w.settled();
  const State before = subject->state();
  if (w.gradient()) {
    const at::NoGradGuard no_grad;
    subject->loss(3);
  }
  subject->answers();
  return judged(state_difference(before, subject->state()));
}

Outcome repeats(const Workshop& w) {
  const auto subject = w.settled();
  const State first = subject->answers();
  return judged(state_difference(first, subject->answers()));
}

Outcome mode_switches(const Workshop& w) {
  const auto subject = w.settled();
  const State first = subject->answers();
  const State before = subject->state();
  subject->train(true);
  subject->train(false);
  std::string difference = state_difference(before, subject->state());
  if (difference.empty()) difference = state_difference(first, subject->answers());
  return judged(difference);
}

// The protocol switches gradients off for what it has frozen.
Outcome without_gradients(const Workshop& w) {
  const auto subject = w.settled();
  const State first = subject->answers();
  for (const Parameter& p : subject->parameters()) at::Tensor(p.tensor).requires_grad_(false);
  return judged(state_difference(first, subject->answers()));
}

Outcome loaded_answers(const Workshop& w) {
  const auto first = w.trained(), second = w.make({.init = 2});
  restore(first->state(), second->parameters(), second->buffers());
  return judged(state_difference(first->answers(), second->answers()));
}

Outcome loaded_training(const Workshop& w) {
  if (!w.gradient()) return skip("no capability gradient: it is not trained in steps that could go on");
  const auto first = w.trained(), second = w.make({.init = 2});
  restore(first->state(), second->parameters(), second->buffers());
  State ends[2];
  for (int i = 0; i < 2; ++i) {
    Subject& subject = i == 0 ? *first : *second;
    subject.train(true);
    BenchOptimizer fresh(1e-3);
    for (std::int64_t step = kBenchSteps; step < 2 * kBenchSteps; ++step) subject.step(step, &fresh);
    ends[i] = subject.state();
    for (auto& answer : subject.answers()) ends[i].push_back(answer);
  }
  return judged(state_difference(ends[0], ends[1]));
}

Outcome inputs(const Workshop& w) {
  const auto subject = w.make();
  State before, after;
  for (const at::Tensor& t : subject->given()) before.emplace_back("a tensor handed over", t.detach().clone());
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  for (std::int64_t step = 0; step < 2; ++step) subject->step(step, &optimizer);
  subject->answers();
  for (const at::Tensor& t : subject->given()) after.emplace_back("a tensor handed over", t.detach());
  return judged(state_difference(before, after), counted(before.size(), "tensor"));
}

}  // namespace

void add_frozen_checks(Suite& suite, const Workshop& w) {
  suite.add("eval mode is still", "parameters and buffers as before", [&] { return still(w); });
  suite.add("answers repeat", "the same calls in eval mode give the same bits", [&] { return repeats(w); });
  suite.add("mode switches", "train(true) and train(false) alone change nothing", [&] { return mode_switches(w); });
  suite.add("without gradients", "the same answers when no parameter requires a gradient",
            [&] { return without_gradients(w); });
  suite.add("loaded answers", "a second object with the same parameters and buffers answers alike",
            [&] { return loaded_answers(w); });
  suite.add("loaded training", "it trains on alike: no state outside parameters and buffers",
            [&] { return loaded_training(w); });
  suite.add("inputs", "tensors that are handed over are not written to", [&] { return inputs(w); });
}

}  // namespace autodidact
