// The rows of profile `tvq24` at L = 152 and batch 32: a step of stage 1. Published figures: medians of the published
// program on this kind of machine. The work needed is less than one GFLOP, so no share of the GEMM rate is given.
#include <ATen/ATen.h>

#include "bench.hpp"

namespace autodidact::speed {
namespace {

// The tokenizer's defaults are the profile's.
constexpr const char* kMethod = "tokenizer = \"timevqvae\"\nobjective = \"none\"\nprior = \"unigram\"\n";
constexpr std::int64_t kLength = 152;

void stage1(benchmark::State& state) {
  std::int64_t seed = 1;
  for (auto _ : state) {
    const Bench bench(kMethod,
                      {"train.tokenizer.steps=60", "train.tokenizer.batch=32", "train.tokenizer.lr=5e-3",
                       "train.tokenizer.weight_decay=1e-2", "seeds=[" + std::to_string(seed++) + "]"},
                      "fp32", kLength);
    const double before = unit_seconds();
    const double seconds = seconds_per_step(tokenizer_stage(bench.session()).record, "tokenizer");
    report(state, seconds, 0.5 * (before + unit_seconds()), 5.2, 0);
  }
}

}  // namespace
}  // namespace autodidact::speed

int main(int argc, char** argv) {
  using namespace autodidact::speed;
  add("tvq24/stage1/timevqvae/fp32", stage1);
  return main_of(argc, argv);
}
