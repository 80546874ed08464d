#include "host/conformance_prior.hpp"

#include <ATen/ATen.h>

#include "host/guard.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kClasses = 3, kBatch = 16;

}  // namespace

Layout prior_grid() { return {{.name = "all", .height = 1, .width = 12, .channels = 4, .vocabulary = 8, .first = 0}}; }
Layout prior_two_grids() {
  return {{.name = "lf", .height = 2, .width = 3, .channels = 4, .vocabulary = 8, .first = 0},
          {.name = "hf", .height = 3, .width = 4, .channels = 4, .vocabulary = 6, .first = 6}};
}
Layout prior_tiny_grid() {
  return {{.name = "all", .height = 1, .width = 3, .channels = 4, .vocabulary = 3, .first = 0}};
}

at::Tensor bench_labels(std::int64_t n) { return at::arange(n, at::kLong).remainder(kClasses); }

at::Tensor bench_tokens(std::int64_t n, const Layout& layout) {
  std::vector<at::Tensor> parts;
  for (const Stream& s : layout) {
    const at::Tensor position = at::arange(s.count(), at::kLong).unsqueeze(0);
    const at::Tensor plain = (2 * bench_labels(n).unsqueeze(1) + position).remainder(s.vocabulary);
    const at::Tensor other =
        (bench_uniform({n, s.count()}, 30 + s.first) * s.vocabulary).to(at::kLong).clamp_max(s.vocabulary - 1);
    parts.push_back(at::where(bench_uniform({n, s.count()}, 60 + s.first).lt(0.125), other, plain));
  }
  return at::cat(parts, 1);
}

Subject<Prior> PriorBench::make(const Layout& layout, std::optional<std::int64_t> n_classes, std::uint64_t init) const {
  Subject<Prior> subject{bench_services("prior", init), nullptr};
  Context context;
  context.channels = 1;
  context.length = 64;
  context.n_train = 64;
  context.n_classes = n_classes;
  context.total_steps = 64;
  context.host = subject.services.get();
  context.layout = layout;
  for (const Stream& s : layout)  // the last of several streams has no codebook
    context.codebooks.push_back(s.first == 0 ? std::optional(bench_normal({s.vocabulary, s.channels}, 90))
                                             : std::nullopt);
  subject.object = open_prior(candidate.info, candidate.train, context);
  return subject;
}

double PriorBench::train_step(const Subject<Prior>& p, const at::Tensor& tokens, const at::Tensor& y, std::int64_t step,
                              BenchOptimizer* optimizer) const {
  const StepInfo info = bench_step(step);
  p.services->at_call(info.epoch, step, 0);
  const Loss loss = p->fit_step(tokens, y, info);
  loss.total.backward();
  if (optimizer) optimizer->step(p->parameters());
  return loss.total.item<double>();
}

Subject<Prior> PriorBench::trained(const Layout& layout, std::optional<std::int64_t> n_classes,
                                   std::int64_t steps) const {
  Subject<Prior> p = make(layout, n_classes);
  const at::Tensor tokens = bench_tokens(kBatch, layout), y = n_classes ? bench_labels(kBatch) : at::Tensor();
  p->train(true);
  if (gradient()) {
    BenchOptimizer optimizer(1e-3);
    for (std::int64_t step = 0; step < steps; ++step) train_step(p, tokens, y, step, &optimizer);
  } else {
    p.services->at_call(0, 0, 0);
    p->fit(tokens, y);
  }
  p->train(false);
  return p;
}

at::Tensor PriorBench::sample(const Subject<Prior>& p, std::int64_t n, const at::Tensor& y, std::int64_t first) const {
  p->train(false);
  p.services->at_call(0, 0, 0);
  return p->sample(n, y, first, candidate.sample);
}

namespace {

class PriorChecks {
 public:
  PriorChecks(const PriorBench& bench, Suite& suite) : bench_(bench), suite_(suite) {}

  void all() {
    if (!suite_.check_created([&] { bench_.make(prior_grid(), kClasses); })) return;
    shapes("one stream, 3 classes", prior_grid(), kClasses);
    shapes("one stream, no labels", prior_grid(), std::nullopt);
    shapes("two streams, 3 classes", prior_two_grids(), kClasses);
    evaluation_is_still();
    determinism();
    save_and_load();
    gradients();
    learns();
    bad_input();
    check_prior_answers(bench_, suite_);
  }

 private:
  State state(const Subject<Prior>& p) const { return snapshot(p->parameters(), p->buffers()); }

  State answers(const Subject<Prior>& p) const {
    State out = {{"samples", bench_.sample(p, 6, {}, 0)}};
    const at::Tensor tokens = bench_tokens(4, prior_grid());
    if (auto* masked = p->masked_log_probs())
      for (const at::Tensor& rows :
           masked->masked_log_probs(tokens, bench_uniform(tokens.sizes().vec(), 5).lt(0.5), {}))
        out.emplace_back("masked log-probabilities", rows);
    if (auto* exact = p->exact_likelihood()) out.emplace_back("log-likelihoods", exact->log_likelihood(tokens, {}));
    return out;
  }

  void shapes(const std::string& name, const Layout& layout, std::optional<std::int64_t> n_classes) {
    suite_.check_if_taken(
        "shapes (" + name + ")", "training and sampling as the contract says, total = sum of terms", [&] {
          const Subject<Prior> p = bench_.trained(layout, n_classes, 1);
          const at::Tensor tokens = bench_tokens(kBatch, layout), before = tokens.clone();
          if (bench_.gradient()) {
            p->train(true);
            p.services->at_call(0, 1, 0);
            const Loss loss = p->fit_step(tokens, n_classes ? bench_labels(kBatch) : at::Tensor(), bench_step(1));
            if (const std::string fault = sum_fault(loss.total, loss.terms); !fault.empty()) return fail(fault);
            if (!loss.total.requires_grad()) return fail("a total without a graph, and the capability gradient");
          }
          bench_.sample(p, 5, {}, 0);
          bench_.sample(p, 1, {}, 3);
          if (n_classes && bench_.conditional()) bench_.sample(p, 5, bench_labels(5), 0);
          return at::equal(tokens, before) ? pass() : fail("the tokens handed over were written to");
        });
  }

  void evaluation_is_still() {
    suite_.check(
        "eval mode changes no state", "parameters and buffers as before; the default generator never touched", [&] {
          const Subject<Prior> p = bench_.trained(prior_grid(), kClasses);
          const State before = state(p);
          p.services->at_call(0, 0, 0);
          const at::Tensor generator = default_generator_state();
          answers(p);
          const std::string difference = state_difference(before, state(p));
          if (!difference.empty()) return fail(difference);
          p.services->at_call(0, 0, 0);
          return at::equal(generator, default_generator_state()) ? pass()
                                                                 : fail("LibTorch's default generator was seeded");
        });
  }

  void determinism() {
    suite_.check("determinism", "two objects of one seed stay equal bit for bit", [&] {
      State ends[2];
      for (State& end : ends) {
        const Subject<Prior> p = bench_.trained(prior_grid(), kClasses);
        end = state(p);
        for (auto& entry : answers(p)) end.push_back(entry);
      }
      const std::string difference = state_difference(ends[0], ends[1]);
      return difference.empty() ? pass() : fail(difference);
    });
  }

  void save_and_load() {
    suite_.check("save and load", "a second object with the same parameters and buffers answers and trains alike", [&] {
      const Subject<Prior> first = bench_.trained(prior_grid(), kClasses),
                           second = bench_.make(prior_grid(), kClasses, 2);
      restore(state(first), second->parameters(), second->buffers());
      std::string difference = state_difference(answers(first), answers(second));
      if (!difference.empty()) return fail("after loading: " + difference);
      if (!bench_.gradient()) return pass();
      State ends[2];
      for (int i = 0; i < 2; ++i) {
        const Subject<Prior>& p = i == 0 ? first : second;
        p->train(true);
        BenchOptimizer fresh(1e-3);
        for (std::int64_t step = 3; step < 5; ++step)
          bench_.train_step(p, bench_tokens(kBatch, prior_grid()), bench_labels(kBatch), step, &fresh);
        ends[i] = state(p);
      }
      difference = state_difference(ends[0], ends[1]);
      return difference.empty()
                 ? pass()
                 : fail("after two more steps, so there is state outside parameters and buffers: " + difference);
    });
  }

  void gradients() {
    if (!bench_.gradient()) return suite_.skip("gradients", "no capability gradient");
    suite_.check("gradients", "finite, and not all zero", [&] {
      const Subject<Prior> p = bench_.make(prior_grid(), kClasses);
      p->train(true);
      bench_.train_step(p, bench_tokens(kBatch, prior_grid()), bench_labels(kBatch), 0, nullptr);
      const std::string fault = gradient_fault(p->parameters());
      return fault.empty() ? pass(std::to_string(p->parameters().size()) + " parameters") : fail(fault);
    });
  }

  void learns() {
    if (!bench_.gradient()) return suite_.skip("learns", "no capability gradient: fitted once, without an optimiser");
    suite_.check("learns", "a loss that falls within 32 steps on one batch", [&] {
      const Subject<Prior> p = bench_.make(prior_grid(), kClasses);
      p->train(true);
      BenchOptimizer optimizer(1e-3);
      double first = 0, last = 0;  // masks differ from step to step: means over eight
      for (std::int64_t step = 0; step < 32; ++step) {
        const double total =
            bench_.train_step(p, bench_tokens(kBatch, prior_grid()), bench_labels(kBatch), step, &optimizer);
        if (step < 8) first += total / 8;
        if (step >= 24) last += total / 8;
      }
      const std::string text = std::to_string(first) + " -> " + std::to_string(last);
      return last < first ? pass(text) : fail(text);
    });
  }

  void bad_input() {
    suite_.check("bad input", "an error, not a crash", [&] {
      const Subject<Prior> p = bench_.trained(prior_grid(), kClasses, 1);
      const at::Tensor tokens = bench_tokens(4, prior_grid()), y = bench_labels(4);
      const auto refuses = [&](const at::Tensor& bad, const at::Tensor& labels) {
        return throws([&] {
          if (bench_.gradient())
            p->fit_step(bad, labels, bench_step(0));
          else
            p->fit(bad, labels);
        });
      };
      if (!refuses(tokens.narrow(1, 0, 5), y)) return fail("took too few tokens a series");
      if (!refuses(tokens.to(at::kInt), y)) return fail("took int32 tokens");
      if (!refuses(tokens.add(100), y)) return fail("took tokens beyond the vocabulary");
      if (!refuses(tokens.sub(100), y)) return fail("took negative tokens");
      if (!refuses(tokens, y.add(100))) return fail("took classes that do not exist");
      if (!refuses(tokens, y.narrow(0, 0, 2))) return fail("took too few labels");
      if (!refuses(at::Tensor(), y)) return fail("took nothing");
      if (!throws([&] { bench_.sample(p, 0, {}, 0); })) return fail("made no samples without complaint");
      if (!throws([&] { bench_.sample(p, 4, y.add(100), 0); })) return fail("sampled a class that does not exist");
      return pass();
    });
  }

  const PriorBench& bench_;
  Suite& suite_;
};

}  // namespace

void check_prior(const Candidate& candidate, Suite& suite) { PriorChecks({candidate}, suite).all(); }

}  // namespace autodidact
