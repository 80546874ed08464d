// Measures at the sizes of a large test set, on one thread. The bars are seconds at u = 28 ms: 3 s for the first two,
// 20 s for ROCKET; `bar_u` over `u` above 1 keeps them.
#include <ATen/ATen.h>

#include "bench.hpp"
#include "metrics/fcn.hpp"
#include "metrics/frechet.hpp"
#include "metrics/mmd.hpp"
#include "metrics/prdc.hpp"
#include "metrics/random.hpp"
#include "metrics/reconstruction.hpp"

namespace autodidact::speed {
namespace {

constexpr double kUnit = 0.028;

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

void timed(benchmark::State& state, double bar_seconds, const std::function<double()>& work) {
  for (auto _ : state) {
    const double before = unit_seconds();
    const Stopwatch watch;
    benchmark::DoNotOptimize(work());
    report(state, watch.seconds(), 0.5 * (before + unit_seconds()), bar_seconds / kUnit, 0);
  }
}

// N = M = 5000, D = 128: Frechet distance, density and coverage, kernel distance over 100 subsets.
void sets(benchmark::State& state) {
  const at::Tensor real = noise({5000, 128}, 1), made = noise({5000, 128}, 2);
  timed(state, 3, [&] {
    double sum = frechet_distance(real, made) + prdc(real, made, 5).coverage;
    Stream64 stream = stream_for(1, "bench");
    for (int i = 0; i < 100; ++i)
      sum += kernel_mmd2(real.index_select(0, draw_subset(5000, 1000, stream)),
                         made.index_select(0, draw_subset(5000, 1000, stream)));
    return sum;
  });
}

void dtw(benchmark::State& state) {
  const at::Tensor x = noise({1000, 1, 500}, 1), y = noise({1000, 1, 500}, 2);
  timed(state, 3, [&] { return dtw_distances(x, y).mean().item<double>(); });
}

void rocket(benchmark::State& state) {
  const at::Tensor x = noise({5000, 1, 500}, 1);
  const Extractor extractor = rocket_extractor(1, 500);
  timed(state, 20, [&] { return extractor.features(x).mean().item<double>(); });
}

void minirocket(benchmark::State& state) {
  const at::Tensor x = noise({5000, 1, 500}, 1);
  const Extractor extractor = minirocket_extractor(x.narrow(0, 0, 500));
  timed(state, 20, [&] { return extractor.features(x).mean().item<double>(); });
}

void intervals(benchmark::State& state) {
  const at::Tensor real = noise({5000, 128}, 1), made = noise({5000, 128}, 2);
  const std::vector<Subset> subsets = interval_subsets(5000, 2500, 5000, 2500, 1);
  timed(state, 20, [&] { return prdc_on_subsets(real, made, subsets, 5).front().front(); });
}

}  // namespace
}  // namespace autodidact::speed

int main(int argc, char** argv) {
  using namespace autodidact::speed;
  autodidact::prepare_process(autodidact::Run{});  // one thread, and memory that is kept
  add("measures/fid_coverage_kid/5000x128", sets);
  add("measures/dtw/1000x500", dtw);
  add("measures/rocket/5000x500", rocket);
  add("measures/minirocket/5000x500", minirocket);
  add("measures/intervals_of_coverage/5000x128", intervals);
  return main_of(argc, argv);
}
