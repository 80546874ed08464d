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
                      << precision << "\"\n\n[[method]]\nname = \"bench\"\n"
                      << (method.find("tokenizer =") == std::string::npos ? "tokenizer = \"vqvae\"\n" : "") << method;
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

// Series of another length, so that a figure can be compared with one that was measured at that length.
Dataset resized(Dataset data, std::int64_t length) {
  if (length == 0) return data;
  for (Series* part : {&data.train, &data.validation, &data.test})
    if (part->size() > 0) part->x = at::upsample_linear1d(part->x, {length}, /*align_corners=*/false);
  data.length = length;
  return data;
}

}  // namespace

Bench::Bench(const std::string& method, const std::vector<std::string>& overrides, const std::string& precision,
             std::int64_t length)
    : folder_(make_folder()), run_(plan_one(folder_, method, overrides, precision)) {
  prepare_process(run_);
  data_ = resized(load_data(run_, {}), length);
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

double seconds_per_step(const Record& record, const std::string& stage) {
  const Values& cost = record.attributes.at("cost/" + stage);
  return std::get<double>(cost.at("seconds")) / static_cast<double>(std::get<std::int64_t>(cost.at("steps")));
}

void add(const std::string& name, std::function<void(benchmark::State&)> run) {
  benchmark::RegisterBenchmark(name.c_str(), [run](benchmark::State& state) { run(state); })
      ->UseManualTime()
      ->Iterations(1)
      ->Repetitions(3)
      ->Unit(benchmark::kMillisecond);
}

int main_of(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace autodidact::speed
