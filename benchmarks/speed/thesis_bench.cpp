// The rows of profile `thesis` at L = 128: a step of stage 1 (batch 128), a step of stage 2 (batch 256, 41 positions),
// 256 samples decoded. Published figures and the work needed: medians of the published programs on this kind of
// machine. The autoregressive prior of the same size, 40 positions, stands beside them; no published program has it.
#include <ATen/ATen.h>

#include "bench.hpp"
#include "host/convert.hpp"

namespace autodidact::speed {
namespace {

std::string plain(const std::string& prior) { return "objective = \"none\"\nprior = \"" + prior + "\"\n"; }
std::string with(const std::string& objective) {
  return "objective = \"" + objective + "\"\naugmentation = \"warp\"\nprior = \"maskgit\"\n";
}

void stage1(benchmark::State& state, const std::string& method, const std::string& precision, double published,
            double gflop) {
  std::int64_t seed = 1;
  for (auto _ : state) {
    const Bench bench(method, {"train.tokenizer.steps=8", "seeds=[" + std::to_string(seed++) + "]"}, precision);
    const double before = unit_seconds();
    const double seconds = seconds_per_step(tokenizer_stage(bench.session()).record, "tokenizer");
    report(state, seconds, 0.5 * (before + unit_seconds()), published, gflop);
  }
}

void stage2(benchmark::State& state, const std::string& prior, const std::string& precision, double published,
            double gflop) {
  std::int64_t seed = 1;
  for (auto _ : state) {
    const std::string seeds = "seeds=[" + std::to_string(seed++) + "]";
    const Bench bench(plain(prior), {"train.tokenizer.steps=1", "train.prior.steps=8", seeds}, precision);
    const auto tokenizer = tokenizer_stage(bench.session());
    const auto tokens = tokens_stage(bench.session(), tokenizer);
    const double before = unit_seconds();
    const double seconds = seconds_per_step(prior_stage(bench.session(), tokenizer, tokens).record, "prior");
    report(state, seconds, 0.5 * (before + unit_seconds()), published, gflop);
  }
}

void samples(benchmark::State& state, const std::string& prior_name, const std::string& precision, double published,
             double gflop) {
  const Bench bench(plain(prior_name), {"train.tokenizer.steps=1", "train.prior.steps=1"}, precision);
  const auto tokenizer_output = tokenizer_stage(bench.session());
  const auto tokens = tokens_stage(bench.session(), tokenizer_output);
  const auto prior_output = prior_stage(bench.session(), tokenizer_output, tokens);
  const DataShape shape = shape_of(bench.session().data);
  const Progress silent;
  Live<Tokenizer> tokenizer = frozen_tokenizer(bench.run(), shape, tokenizer_output.record, "samples", silent);
  Live<Prior> prior =
      frozen_prior(bench.run(), shape, *tokenizer.object, prior_output.record, "samples", "unconditional", silent);
  for (auto _ : state) {
    const double before = unit_seconds();
    const Stopwatch watch;
    sample_series(bench.run(), *prior.object, *tokenizer.object, 256, {}, silent);
    const double seconds = watch.seconds();
    report(state, seconds, 0.5 * (before + unit_seconds()), published, gflop);
  }
}

}  // namespace

void add_all() {
  for (const std::string precision : {"fp32", "bf16"}) {
    if (precision == "bf16" && resolve_precision("auto") != Precision::bf16) continue;
    add("thesis/stage1/vqvae/" + precision, [=](auto& s) { stage1(s, plain("maskgit"), precision, 13.4, 19.5); });
    add("thesis/stage1/barlow_twins/" + precision,
        [=](auto& s) { stage1(s, with("barlow_twins"), precision, 109, 91); });
    add("thesis/stage1/vicreg/" + precision, [=](auto& s) { stage1(s, with("vicreg"), precision, 0, 91); });
    add("thesis/stage1/vibcreg/" + precision, [=](auto& s) { stage1(s, with("vibcreg"), precision, 124, 91); });
    add("thesis/stage2/maskgit/" + precision, [=](auto& s) { stage2(s, "maskgit", precision, 55, 71); });
    add("thesis/stage2/autoregressive/" + precision, [=](auto& s) { stage2(s, "autoregressive", precision, 0, 68); });
    add("thesis/samples256/" + precision, [=](auto& s) { samples(s, "maskgit", precision, 204, 244); });
    add("thesis/samples256/autoregressive/" + precision,
        [=](auto& s) { samples(s, "autoregressive", precision, 0, 51); });
  }
}

}  // namespace autodidact::speed

int main(int argc, char** argv) {
  autodidact::speed::add_all();
  return autodidact::speed::main_of(argc, argv);
}
