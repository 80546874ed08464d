// The prior of profile `tvq24` at L = 152: a step of stage 2 (batch 32), and the tokens of 256 unconditional samples.
//
// The grids are those of n_fft 4 at L = 152: low frequencies 1 x 9, high frequencies 2 x 38, K = 1024 each. Tokens are
// made up, so that the prior alone is measured; the published figures hold the encoding of the batch and the decoding
// of the samples to series as well.
#include <ATen/ATen.h>

#include "bench.hpp"
#include "host/open.hpp"
#include "protocol/trainer.hpp"

namespace autodidact::speed {
namespace {

const std::vector<std::string> kProfile = {
    "prior.network=tvq24",       "prior.hidden=[128,32]", "prior.layers=[4,1]",  "prior.heads=[2,1]",
    "prior.ff_mult=[1,1]",       "prior.dropout=0.3",     "prior.steps=[10,10]", "prior.choice_temperature=[10.0,0.0]",
    "prior.mask_convention=keep"};
constexpr std::int64_t kSeries = 320;

Live<Prior> make(const Run& run) {
  Live<Prior> live;
  live.services = std::make_unique<Services>(static_cast<std::uint64_t>(run.seed), "prior", "prior",
                                             resolve_precision(run.precision), nullptr);
  live.services->at_init();
  Context context;
  context.length = 152;
  context.n_train = kSeries;
  context.n_classes = 2;
  context.host = live.services.get();
  context.layout = {{.name = "lf", .height = 1, .width = 9, .channels = 128, .vocabulary = 1024, .first = 0},
                    {.name = "hf", .height = 2, .width = 38, .channels = 128, .vocabulary = 1024, .first = 9}};
  context.codebooks.resize(2);
  live.object = open_prior(run.prior.info, Params(run.prior.train_params()), context);
  return live;
}

std::vector<std::string> with(const std::string& more) {
  std::vector<std::string> all = kProfile;
  all.push_back(more);
  return all;
}

void stage2(benchmark::State& state, const std::string& precision) {
  std::int64_t seed = 1;
  for (auto _ : state) {
    const Bench bench("objective = \"none\"\nprior = \"maskgit\"\n", with("seeds=[" + std::to_string(seed++) + "]"),
                      precision);
    Live<Prior> prior = make(bench.run());
    const at::Tensor tokens = at::randint(1024, {kSeries, 85}, at::TensorOptions().dtype(at::kLong));
    const at::Tensor y = at::arange(kSeries).remainder(2);
    prior->train(true);
    TrainTask task;
    task.stage = "prior";
    task.n = kSeries;
    task.settings = bench.run().train_prior;
    task.settings.batch = 32;
    task.settings.steps = 40;
    task.seed = static_cast<std::uint64_t>(bench.run().seed);
    task.parameters = prior->parameters();
    task.loss = [&](const at::Tensor& index, const StepInfo& info) {
      prior.services->at_call(info.epoch, info.step, info.call);
      return prior->fit_step(tokens.index_select(0, index), y.index_select(0, index), info);
    };
    const Progress silent;
    TrainControl control;
    control.progress = &silent;
    const double before = unit_seconds();
    const TrainResult result = train(task, control);
    report(state, result.seconds / static_cast<double>(result.steps), 0.5 * (before + unit_seconds()), 7.4, 0);
  }
}

void samples(benchmark::State& state, const std::string& precision) {
  const Bench bench("objective = \"none\"\nprior = \"maskgit\"\n", kProfile, precision);
  Live<Prior> prior = make(bench.run());
  for (Parameter& parameter : prior->parameters()) parameter.tensor.requires_grad_(false);
  prior->train(false);
  const Params how(bench.run().prior.sample_params());
  std::int64_t first = 0;
  for (auto _ : state) {
    const double before = unit_seconds();
    const Stopwatch watch;
    prior.services->at_call(0, first, 0);
    prior->sample(256, {}, first, how);
    const double seconds = watch.seconds();
    first += 256;
    report(state, seconds, 0.5 * (before + unit_seconds()), 482, 0);
  }
}

}  // namespace

void add_all() {
  for (const std::string precision : {"fp32", "bf16"}) {
    if (precision == "bf16" && resolve_precision("auto") != Precision::bf16) continue;
    add("tvq24/stage2/maskgit/" + precision, [=](auto& s) { stage2(s, precision); });
    add("tvq24/prior_samples256/" + precision, [=](auto& s) { samples(s, precision); });
  }
}

}  // namespace autodidact::speed

int main(int argc, char** argv) {
  autodidact::speed::add_all();
  return autodidact::speed::main_of(argc, argv);
}
