// Shared by the speed benchmarks: the unit u, and runs on a built-in dataset.
//
// u is the time of one fp32 matrix product 1024 x 1024 x 1024 on the run's threads in this very process, taken right
// before and after what is measured: machines and moments differ, ratios to u much less.
#pragma once

#include <benchmark/benchmark.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "config/run.hpp"
#include "data/dataset.hpp"
#include "protocol/session.hpp"
#include "protocol/stages.hpp"

namespace autodidact::speed {

double unit_seconds();  // median of several products

// One run in the settings of the profile `thesis` and its session, with stage outputs in a folder of its own.
class Bench {
 public:
  // method: lines of a [[method]] table, without `tokenizer` the VQVAE's; overrides: key=value; length: the series are
  // resized to it, 0: they stay.
  Bench(const std::string& method, const std::vector<std::string>& overrides, const std::string& precision,
        std::int64_t length = 0);
  ~Bench();
  const Session& session() const { return *session_; }
  const Run& run() const { return run_; }

 private:
  std::filesystem::path folder_;
  Run run_;
  Dataset data_;
  std::unique_ptr<StageStore> store_;
  Progress progress_;
  std::unique_ptr<Session> session_;
};

// Reports one measured time as an iteration: milliseconds, u, the published programs' u where there is one (their
// median step on this kind of machine), the ratio of both, and the share of the GEMM rate for the work that is needed.
void report(benchmark::State& state, double seconds, double unit, double published_u, double gflop_needed);

// Seconds of one step of a training stage, by its own account.
double seconds_per_step(const Record& record, const std::string& stage);

// Registers `run` three times, with the time that it reports.
void add(const std::string& name, std::function<void(benchmark::State&)> run);
int main_of(int argc, char** argv);

}  // namespace autodidact::speed
