#include <ATen/ATen.h>

#include "host/conformance_bench.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kBatch = 16;

Layout one_stream() { return {{.name = "all", .height = 2, .width = 6, .channels = 8, .vocabulary = 16, .first = 0}}; }
Layout two_streams() {
  return {{.name = "lf", .height = 2, .width = 4, .channels = 8, .vocabulary = 16, .first = 0},
          {.name = "hf", .height = 3, .width = 5, .channels = 4, .vocabulary = 32, .first = 8}};
}

class ObjectiveChecks {
 public:
  ObjectiveChecks(const Candidate& candidate, Suite& suite)
      : candidate_(candidate), suite_(suite), gradient_(candidate.info.can("gradient")) {}

  void all() {
    if (!suite_.check_created([&] { make(one_stream()); })) return;
    shapes("one stream", one_stream());
    shapes("two streams", two_streams());
    batch_of_one();
    evaluation_is_still();
    determinism();
    save_and_load();
    gradients();
    learns();
    bad_input();
  }

 private:
  Subject<Objective> make(const Layout& layout, std::uint64_t init = 1) const {
    Subject<Objective> subject{bench_services("objective", init), nullptr};
    Context context;
    context.channels = 1;
    context.length = 64;
    context.n_train = 64;
    context.n_classes = 3;
    context.total_steps = 64;
    context.host = subject.services.get();
    context.layout = layout;
    std::int64_t stream = 0;
    for (const Stream& s : layout) {
      context.pooled += 2 * s.channels;
      context.codebooks.emplace_back(bench_normal({s.vocabulary, s.channels}, 100 + stream++));
    }
    subject.object = open_objective(candidate_.info, candidate_.train, context);
    return subject;
  }

  // One side of a pair: what the views share plus a little noise of its own. Leaves with gradient.
  Embedding side(const Layout& layout, std::int64_t batch, std::int64_t which) const {
    Embedding e;
    std::vector<at::Tensor> pooled;
    std::int64_t stream = 0;
    for (const Stream& s : layout) {
      const std::vector<std::int64_t> shape = {batch, s.channels, s.height, s.width};
      e.maps.push_back(
          (bench_normal(shape, 10 + stream) + 0.3 * bench_normal(shape, 20 + 10 * which + stream)).requires_grad_());
      pooled.push_back(e.maps.back().detach().flatten(2).mean(2));
      pooled.push_back(e.maps.back().detach().flatten(2).amax(2));
      ++stream;
    }
    e.pooled = at::cat(pooled, 1).requires_grad_();
    return e;
  }

  ObjectiveInput pair(const Layout& layout, std::int64_t step, std::int64_t batch = kBatch) const {
    ObjectiveInput input;
    input.a = side(layout, batch, 0);
    input.b = side(layout, batch, 1);
    input.info = bench_step(step);
    if (candidate_.info.can("target_tokenizer")) {
      for (auto* target : {&input.target_a, &input.target_b}) {
        *target = side(layout, batch, target == &input.target_a ? 2 : 3);
        (*target)->pooled = (*target)->pooled.detach();
        for (at::Tensor& map : (*target)->maps) map = map.detach();
      }
    }
    return input;
  }

  double train_step(const Subject<Objective>& o, const ObjectiveInput& input, BenchOptimizer* optimizer) const {
    o.services->at_call(input.info.epoch, input.info.step, 0);
    const Loss loss = o->loss(input);
    if (gradient_) loss.total.backward();
    if (optimizer && gradient_) {
      optimizer->step(o->parameters());
      o->momentum(input.info);
      o->after_step(input.info);
    }
    return loss.total.item<double>();
  }

  State state(const Subject<Objective>& o) const { return snapshot(o->parameters(), o->buffers()); }

  void shapes(const std::string& name, const Layout& layout) {
    suite_.check_if_taken("shapes (" + name + ")", "a scalar total that is the sum of its terms; inputs left alone",
                          [&] {
                            const Subject<Objective> o = make(layout);
                            o->train(true);
                            const ObjectiveInput input = pair(layout, 0);
                            const at::Tensor before = input.a.pooled.detach().clone();
                            o.services->at_call(0, 0, 0);
                            const Loss loss = o->loss(input);
                            if (const std::string fault = sum_fault(loss.total, loss.terms); !fault.empty())
                              return fail(fault);
                            if (gradient_ && !loss.total.requires_grad())
                              return fail("a total without a graph, and the capability gradient");
                            if (!at::equal(before, input.a.pooled))
                              return fail("the embedding handed over was written to");
                            return pass();
                          });
  }

  void batch_of_one() {
    suite_.check("batch of 1 in eval mode", "a finite loss, or an error that says why there is none", [&] {
      const Subject<Objective> o = make(one_stream());
      o->train(false);
      o.services->at_call(0, 0, 0);
      try {
        return pass(std::to_string(o->loss(pair(one_stream(), 0, 1)).total.item<double>()));
      } catch (const PluginError& e) {
        return pass(e.what());  // statistics over the batch need more than one series
      }
    });
  }

  void evaluation_is_still() {
    suite_.check("eval mode changes no state", "parameters and buffers as before; the default generator never seeded",
                 [&] {
                   const Subject<Objective> o = make(one_stream());
                   o->train(true);
                   const ObjectiveInput input = pair(one_stream(), 0);
                   o.services->at_call(0, 0, 0);
                   const std::uint64_t seed = default_generator_seed();
                   o->loss(input);
                   if (default_generator_seed() != seed) return fail("loss seeded the default generator");
                   o->train(false);
                   const State before = state(o);
                   o->loss(input);
                   const std::string difference = state_difference(before, state(o));
                   return difference.empty() ? pass() : fail(difference);
                 });
  }

  void determinism() {
    suite_.check("determinism", "two objects of one seed stay equal bit for bit", [&] {
      State ends[2];
      for (State& end : ends) {
        const Subject<Objective> o = make(one_stream());
        o->train(true);
        BenchOptimizer optimizer(1e-3);
        for (std::int64_t step = 0; step < 2; ++step) train_step(o, pair(one_stream(), step), &optimizer);
        end = state(o);
      }
      const std::string difference = state_difference(ends[0], ends[1]);
      return difference.empty() ? pass() : fail(difference);
    });
  }

  void save_and_load() {
    suite_.check("save and load", "a second object with the same parameters and buffers answers and trains alike", [&] {
      const Subject<Objective> first = make(one_stream(), 1), second = make(one_stream(), 2);
      first->train(true);
      second->train(true);
      BenchOptimizer optimizer(1e-3);
      for (std::int64_t step = 0; step < 2; ++step) train_step(first, pair(one_stream(), step), &optimizer);
      restore(state(first), second->parameters(), second->buffers());
      State ends[2];
      for (int i = 0; i < 2; ++i) {
        const Subject<Objective>& o = i == 0 ? first : second;
        o->train(false);
        const ObjectiveInput input = pair(one_stream(), 2);
        o.services->at_call(0, 2, 0);
        ends[i].emplace_back("the loss in eval mode", o->loss(input).total.detach());
        o->train(true);
        BenchOptimizer fresh(1e-3);
        train_step(o, input, &fresh);
        for (auto& entry : state(o)) ends[i].push_back(entry);
      }
      const std::string difference = state_difference(ends[0], ends[1]);
      return difference.empty() ? pass() : fail("after loading: " + difference);
    });
  }

  void gradients() {
    if (!gradient_) return suite_.skip("gradients", "no capability gradient");
    suite_.check("gradients", "finite for parameters and for both views", [&] {
      const Subject<Objective> o = make(one_stream());
      o->train(true);
      const ObjectiveInput input = pair(one_stream(), 0);
      train_step(o, input, nullptr);
      if (const std::string fault = gradient_fault(o->parameters()); !fault.empty()) return fail(fault);
      std::vector<Parameter> views = {{"a.pooled", input.a.pooled}, {"b.pooled", input.b.pooled}};
      for (const at::Tensor& map : input.a.maps) views.push_back({"a.maps", map});
      for (const at::Tensor& map : input.b.maps) views.push_back({"b.maps", map});
      const std::string fault = gradient_fault(views);
      return fault.empty() ? pass() : fail("views: " + fault);
    });
  }

  // Embeddings and projector move together, as they do in training.
  void learns() {
    if (!gradient_) return suite_.skip("learns", "no capability gradient");
    suite_.check("learns", "a loss that falls within 16 steps on one batch", [&] {
      const Subject<Objective> o = make(one_stream());
      o->train(true);
      ObjectiveInput input = pair(one_stream(), 0);
      std::vector<Parameter> views = {{"a", input.a.pooled, 1, false}, {"b", input.b.pooled, 1, false}};
      for (Embedding* e : {&input.a, &input.b})
        for (const at::Tensor& map : e->maps) views.push_back({"map", map, 1, false});
      BenchOptimizer optimizer(3e-4), moves(1e-2);  // gentle: projectors may be wide
      double first = 0, last = 0;
      for (std::int64_t step = 0; step < 16; ++step) {
        input.info = bench_step(step);
        last = train_step(o, input, &optimizer);
        if (step == 0) first = last;
        moves.step(views);
      }
      const std::string text = std::to_string(first) + " -> " + std::to_string(last);
      return last < first ? pass(text) : fail(text);
    });
  }

  void bad_input() {
    suite_.check("bad input", "an error, not a crash", [&] {
      const Subject<Objective> o = make(one_stream());
      o->train(true);
      const auto refuses = [&](const std::function<void(ObjectiveInput&)>& spoil) {
        ObjectiveInput input = pair(one_stream(), 0);
        spoil(input);
        return throws([&] { o->loss(input); });
      };
      if (!refuses([](ObjectiveInput& i) { i.a.pooled = i.a.pooled.narrow(1, 0, 3); }))
        return fail("took another width");
      if (!refuses([](ObjectiveInput& i) { i.b.pooled = i.b.pooled.narrow(0, 0, 3); }))
        return fail("took unequal batches");
      if (!refuses([](ObjectiveInput& i) { i.a.pooled = i.a.pooled.to(at::kDouble); })) return fail("took float64");
      if (!refuses([](ObjectiveInput& i) { i.b.pooled = at::Tensor(); })) return fail("took nothing");
      if (!refuses([](ObjectiveInput& i) { i.a.maps.clear(); })) return fail("took no latent maps");
      return pass();
    });
  }

  const Candidate& candidate_;
  Suite& suite_;
  bool gradient_;
};

}  // namespace

void check_objective(const Candidate& candidate, Suite& suite) { ObjectiveChecks(candidate, suite).all(); }

}  // namespace autodidact
