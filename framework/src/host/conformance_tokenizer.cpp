#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "host/conformance_bench.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

constexpr std::int64_t kChannels = 1, kLength = 64, kBatch = 8;

class TokenizerChecks {
 public:
  TokenizerChecks(const Candidate& candidate, Suite& suite)
      : candidate_(candidate), suite_(suite), gradient_(candidate.info.can("gradient")) {}

  void all() {
    if (!suite_.check_created([&] { make(kChannels, kLength); })) return;
    for (const auto& [channels, length] : {std::pair{1, 128}, {1, 61}, {3, 96}, {2, 65}}) shapes(channels, length);
    batch_of_one();
    evaluation_is_still();
    evaluation_draws_nothing();
    determinism();
    save_and_load();
    gradients();
    learns();
    bad_input();
    stochastic_encode();
  }

 private:
  Subject<Tokenizer> make(std::int64_t channels, std::int64_t length, std::uint64_t init = 1) const {
    Subject<Tokenizer> subject{bench_services("tokenizer", init), nullptr};
    Context context;
    context.channels = channels;
    context.length = length;
    context.n_train = 64;
    context.n_classes = 3;
    context.total_steps = 64;
    context.host = subject.services.get();
    subject.object = open_tokenizer(candidate_.info, candidate_.train, context);
    return subject;
  }

  // One training step of two branches, as the protocol does it. Returns the total of the quantised branch.
  double train_step(const Subject<Tokenizer>& t, const at::Tensor& x, std::int64_t step,
                    BenchOptimizer* optimizer) const {
    StepInfo info = bench_step(step);
    t.services->at_call(info.epoch, step, 0);
    const View a = t->forward(x, {Path::quantised, true}, info);
    info.call = 1;
    t.services->at_call(info.epoch, step, 1);
    const View b = t->forward(x.flip({2}), {Path::continuous, false}, info);
    if (gradient_) (a.total + 0.2 * b.total).backward();
    if (optimizer && gradient_) optimizer->step(t->parameters());
    return a.total.item<double>();
  }

  State state(const Subject<Tokenizer>& t) const { return snapshot(t->parameters(), t->buffers()); }

  // What the frozen calls give: encode, decode, latents.
  State answers(const Subject<Tokenizer>& t, const at::Tensor& x) const {
    t->train(false);
    t.services->at_call(0, 0, 0);
    const at::Tensor tokens = t->encode(x, 0);
    State out = {{"tokens", tokens}, {"decoded series", t->decode(tokens)}};
    const Latents latents = t->latents(x);
    for (const at::Tensor& z : latents.z) out.emplace_back("z", z);
    for (const at::Tensor& z : latents.z_q) out.emplace_back("z_q", z);
    return out;
  }

  void shapes(std::int64_t channels, std::int64_t length) {
    const auto shape = [&, channels, length] {
      const Subject<Tokenizer> t = make(channels, length);
      const at::Tensor x = bench_series(5, channels, length), before = x.clone();
      t->train(true);
      t.services->at_call(0, 0, 0);
      for (const ForwardOptions options :
           {ForwardOptions{Path::quantised, true}, ForwardOptions{Path::continuous, false}}) {
        const View view = t->forward(x, options, bench_step(0));
        if (const std::string fault = sum_fault(view.total, view.terms); !fault.empty()) return fail(fault);
        if (gradient_ && !view.total.requires_grad())
          return fail("a total without a graph, and the capability gradient");
      }
      answers(t, x);
      t->codebooks();
      if (!at::equal(x, before)) return fail("the series handed over were written to");
      const Layout layout = t->layout();
      std::string text;
      for (const Stream& s : layout)
        text += (text.empty() ? "" : ", ") + s.name + " " + std::to_string(s.height) + " x " + std::to_string(s.width);
      return pass(text);
    };
    const std::string name = "shapes " + shape_text(channels, length);
    const std::string expected = "every call gives what the contract says, total = sum of terms";
    if (channels == 1 && length % 2 == 0)
      suite_.check(name, expected, shape);
    else
      suite_.check_if_taken(name, expected, shape);
  }

  void batch_of_one() {
    suite_.check("batch of 1 in eval mode", "the answers for a series do not depend on its batch", [&] {
      const Subject<Tokenizer> t = make(kChannels, kLength);
      train_step(t, bench_series(kBatch, kChannels, kLength), 0, nullptr);
      const at::Tensor x = bench_series(kBatch, kChannels, kLength);
      const State whole = answers(t, x), one = answers(t, x.narrow(0, 2, 1));
      for (std::size_t i = 0; i < whole.size(); ++i) {
        if (whole[i].first == "tokens" || whole[i].first == "z_q" || whole[i].first == "decoded series") continue;  // a
        // value at the border of two codes may fall to either side by rounding
        const at::Tensor row = whole[i].second.narrow(0, 2, 1);
        const double scale = row.abs().max().item<double>() + 1e-6;
        const double gap = (row - one[i].second).abs().max().item<double>() / scale;
        if (gap > 1e-3)
          return fail(whole[i].first + " alone differs by " + std::to_string(gap) + " of its largest value");
      }
      return pass();
    });
  }

  void evaluation_is_still() {
    suite_.check("eval mode changes no state", "parameters and buffers as before", [&] {
      const Subject<Tokenizer> t = make(kChannels, kLength);
      const at::Tensor x = bench_series(kBatch, kChannels, kLength);
      train_step(t, x, 0, nullptr);
      t->train(false);
      const State before = state(t);
      t->forward(x, {Path::quantised, false}, bench_step(1));
      t->forward(x, {Path::continuous, false}, bench_step(1));
      answers(t, x);
      const std::string difference = state_difference(before, state(t));
      return difference.empty() ? pass() : fail(difference);
    });
  }

  void evaluation_draws_nothing() {
    suite_.check("eval mode draws no random numbers", "LibTorch's default generator untouched, and never seeded", [&] {
      const Subject<Tokenizer> t = make(kChannels, kLength);
      const at::Tensor x = bench_series(kBatch, kChannels, kLength);
      t->train(true);
      t.services->at_call(0, 0, 0);
      const std::uint64_t seed = default_generator_seed();
      t->forward(x, {Path::quantised, true}, bench_step(0));
      if (default_generator_seed() != seed) return fail("forward seeded the default generator");
      t->train(false);
      const at::Tensor before = default_generator_state();
      const at::Tensor tokens = t->encode(x, 0);
      t->decode(tokens);
      t->latents(x);
      return at::equal(before, default_generator_state()) ? pass() : fail("encode, decode or latents drew from it");
    });
  }

  void determinism() {
    suite_.check("determinism", "two objects of one seed stay equal bit for bit", [&] {
      State ends[2];
      for (State& end : ends) {
        const Subject<Tokenizer> t = make(kChannels, kLength);
        t->train(true);
        BenchOptimizer optimizer(1e-3);
        for (std::int64_t step = 0; step < 3; ++step)
          train_step(t, bench_series(kBatch, kChannels, kLength), step, &optimizer);
        end = state(t);
        for (auto& entry : answers(t, bench_series(kBatch, kChannels, kLength))) end.push_back(entry);
      }
      const std::string difference = state_difference(ends[0], ends[1]);
      return difference.empty() ? pass() : fail(difference);
    });
  }

  void save_and_load() {
    suite_.check("save and load", "a second object with the same parameters and buffers answers and trains alike", [&] {
      const at::Tensor x = bench_series(kBatch, kChannels, kLength);
      const Subject<Tokenizer> first = make(kChannels, kLength, 1), second = make(kChannels, kLength, 2);
      first->train(true);
      BenchOptimizer optimizer(1e-3);
      for (std::int64_t step = 0; step < 3; ++step) train_step(first, x, step, &optimizer);
      restore(state(first), second->parameters(), second->buffers());
      std::string difference = state_difference(answers(first, x), answers(second, x));
      if (!difference.empty()) return fail("after loading: " + difference);
      State ends[2];
      for (int i = 0; i < 2; ++i) {
        const Subject<Tokenizer>& t = i == 0 ? first : second;
        t->train(true);
        BenchOptimizer fresh(1e-3);
        for (std::int64_t step = 3; step < 5; ++step) train_step(t, x, step, &fresh);
        ends[i] = state(t);
      }
      difference = state_difference(ends[0], ends[1]);
      return difference.empty()
                 ? pass()
                 : fail("after two more steps, so there is state outside parameters and buffers: " + difference);
    });
  }

  void gradients() {
    if (!gradient_) return suite_.skip("gradients", "no capability gradient");
    suite_.check("gradients", "finite, and not all zero", [&] {
      const Subject<Tokenizer> t = make(kChannels, kLength);
      t->train(true);
      train_step(t, bench_series(kBatch, kChannels, kLength), 0, nullptr);
      const std::string fault = gradient_fault(t->parameters());
      return fault.empty() ? pass(std::to_string(t->parameters().size()) + " parameters") : fail(fault);
    });
  }

  void learns() {
    if (!gradient_) return suite_.skip("learns", "no capability gradient");
    suite_.check("learns", "a loss that falls within 32 steps on 32 series", [&] {
      const Subject<Tokenizer> t = make(kChannels, kLength);
      t->train(true);
      const at::Tensor x = bench_series(32, kChannels, kLength);
      BenchOptimizer optimizer(1e-3);
      double first = 0, last = 0;
      for (std::int64_t step = 0; step < 32; ++step) {
        const double total = train_step(t, x.narrow(0, step % 4 * 8, 8), step, &optimizer);
        if (step < 4) first += total / 4;
        if (step >= 28) last += total / 4;
      }
      const std::string text = std::to_string(first) + " -> " + std::to_string(last);
      return last < first ? pass(text) : fail(text);
    });
  }

  void bad_input() {
    suite_.check("bad input", "an error, not a crash", [&] {
      const Subject<Tokenizer> t = make(kChannels, kLength);
      const at::Tensor x = bench_series(2, kChannels, kLength);
      const std::pair<const char*, at::Tensor> wrong[] = {
          {"a longer series", bench_series(2, kChannels, kLength + 8)},
          {"two channels", bench_series(2, kChannels + 1, kLength)},
          {"float64", x.to(at::kDouble)},
          {"two axes", x.squeeze(1)},
          {"no series", x.narrow(0, 0, 0)},
          {"nothing", at::Tensor()},
      };
      for (const auto& [what, bad] : wrong) {
        const at::Tensor series = bad;
        if (!throws([&] { t->forward(series, {}, bench_step(0)); })) return fail(std::string("forward took ") + what);
        if (!throws([&] { t->encode(series, 0); })) return fail(std::string("encode took ") + what);
        if (!throws([&] { t->latents(series); })) return fail(std::string("latents took ") + what);
      }
      t->train(false);
      const at::Tensor tokens = t->encode(x, 0);
      if (!throws([&] { t->decode(tokens.to(at::kInt)); })) return fail("decode took int32 tokens");
      if (!throws([&] { t->decode(tokens.narrow(1, 0, tokens.size(1) - 1)); }))
        return fail("decode took too few tokens");
      if (!throws([&] { t->decode(tokens.add(1 << 30)); })) return fail("decode took tokens beyond the vocabulary");
      if (!throws([&] { t->decode(tokens.sub(1 << 30)); })) return fail("decode took negative tokens");
      return pass();
    });
  }

  void stochastic_encode() {
    if (!candidate_.info.can("stochastic_encode"))
      return suite_.skip("stochastic encode", "no capability stochastic_encode");
    suite_.check("stochastic encode", "tokens drawn from the call's own generator", [&] {
      const Subject<Tokenizer> t = make(kChannels, kLength);
      const at::Tensor x = bench_series(kBatch, kChannels, kLength);
      t->train(false);
      const State before = state(t);
      at::Tensor tokens[3];
      for (std::int64_t i = 0; i < 3; ++i) {
        t.services->at_call(i == 2 ? 1 : 0, 0, 0);
        tokens[i] = t->encode(x, 2.0);
      }
      if (!at::equal(tokens[0], tokens[1])) return fail("the same call gave other tokens");
      const std::string difference = state_difference(before, state(t));
      if (!difference.empty()) return fail(difference);
      return pass(at::equal(tokens[0], tokens[2]) ? "the next epoch gave the same tokens" : "");
    });
  }

  const Candidate& candidate_;
  Suite& suite_;
  bool gradient_;
};

}  // namespace

void check_tokenizer(const Candidate& candidate, Suite& suite) { TokenizerChecks(candidate, suite).all(); }

}  // namespace autodidact
