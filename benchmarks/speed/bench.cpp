#include "bench.hpp"

#include <ATen/ATen.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "host/catalog/catalog.hpp"
#include "protocol/run.hpp"

namespace autodidact::speed {

namespace fs = std::filesystem;

double unit_seconds() {
  const at::NoGradGuard no_grad;
  static const at::Tensor a = at::ones({1024, 1024}), b = at::ones({1024, 1024});
  static at::Tensor c = at::empty({1024, 1024});
  std::vector<double> times;
  for (int i = 0; i < 9; ++i) {
    const Stopwatch watch;
    at::mm_out(c, a, b);
    times.push_back(watch.seconds());
  }
  std::nth_element(times.begin(), times.begin() + 4, times.end());
  return times[4];
}

namespace {

Run plan_one(const fs::path& folder, const std::string& method, const std::vector<std::string>& overrides,
             const std::string& precision) {
  const fs::path file = folder / "bench.toml";
  std::ofstream(file) << "[suite]\nname = \"speed\"\nversion = 1\nprofile = \"thesis\"\nbudget = \"quick\"\n"
                         "datasets = [\"two_patterns\"]\nseeds = [1]\nthreads = 1\nprecision = \""
                      << precision << "\"\n\n[[method]]\nname = \"bench\"\ntokenizer = \"vqvae\"\n" << method;
  CatalogOptions options;
  options.folders = {AUTODIDACT_PLUGIN_DIR};
  options.cache = folder / "catalog.json";
  options.probe = fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "autodidact";
  Sources sources;
  sources.profile_dirs = {std::string(AUTODIDACT_SOURCE_DIR) + "/benchmarks/profiles"};
  sources.plugins = read_catalog(options).plugins;
  return load_plan(file.string(), overrides, sources).runs.at(0);
}

fs::path make_folder() {
  static int count = 0;
  const fs::path folder =
      fs::temp_directory_path() / ("autodidact-speed-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
  fs::create_directories(folder);
  return folder;
}

}  // namespace

Bench::Bench(const std::string& method, const std::vector<std::string>& overrides, const std::string& precision)
    : folder_(make_folder()), run_(plan_one(folder_, method, overrides, precision)) {
  prepare_process(run_);
  data_ = load_data(run_, {});
  store_ = std::make_unique<StageStore>(folder_ / "stages", false);
  session_.reset(new Session{run_, data_, *store_, progress_, 1e9});
}

Bench::~Bench() { fs::remove_all(folder_); }

void report(benchmark::State& state, double seconds, double unit, double published_u, double gflop_needed) {
  state.SetIterationTime(seconds);
  const double u = seconds / unit;
  state.counters["ms"] = seconds * 1e3;
  state.counters["u"] = u;
  if (published_u > 0) {
    state.counters["published_u"] = published_u;
    state.counters["ratio"] = published_u / u;
  }
  constexpr double kUnitGflop = 2.0 * 1024 * 1024 * 1024 / 1e9;
  if (gflop_needed > 0) state.counters["gemm_share"] = gflop_needed / kUnitGflop / u;
}

}  // namespace autodidact::speed
