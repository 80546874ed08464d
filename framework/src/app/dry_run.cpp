#include "app/dry_run.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/attempts.hpp"
#include "app/table.hpp"
#include "app/watched.hpp"
#include "autodidact/plugin/error.hpp"

namespace autodidact {

using Json = nlohmann::ordered_json;

std::size_t job_count(const std::string& asked, const Plan& plan) {
  if (asked != "auto") {
    std::size_t used = 0;
    int jobs = 0;
    try {
      jobs = std::stoi(asked, &used);
    } catch (const std::exception&) {
    }
    if (used != asked.size() || jobs < 1)
      throw ConfigError("--jobs " + asked + ": expected auto or a number of at least 1");
    return static_cast<std::size_t>(jobs);
  }
  std::int64_t threads = 1;
  for (const Run& run : plan.runs) threads = std::max(threads, run.threads);
  return std::max<std::size_t>(1, std::thread::hardware_concurrency() / static_cast<std::size_t>(threads));
}

namespace {

std::atomic<bool> stop_asked{false};
extern "C" void on_interrupt(int) { stop_asked.store(true); }

Json runs_json(const Plan& plan, const std::vector<RunState>& states) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < plan.runs.size(); ++i)
    rows.push_back({{"run", title_of(plan.runs[i])},
                    {"id", states[i].id},
                    {"file", states[i].file.string()},
                    {"done", states[i].done},
                    {"stages", states[i].missing},
                    {"error", states[i].error}});
  return rows;
}

void print_runs(const Plan& plan, const std::vector<RunState>& states) {
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const RunState& state = states[i];
    std::string todo;
    for (const std::string& stage : state.missing) todo += (todo.empty() ? "" : ", ") + stage;
    const std::string what = !state.error.empty() ? "missing: " + state.error : state.done ? "done" : "to do: " + todo;
    fmt::print("{:<16}  {}  {}\n", state.id.empty() ? "-" : state.id, title_of(plan.runs[i]), what);
  }
}

Estimate rehearse(World& world, const Plan& plan, const RunOptions& options) {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  Watched watched("rehearsal");
  watched.stop_by(&stop_asked);
  const Estimate estimate = world.engine().estimate(plan.runs, options, watched.progress());
  watched.done("step times measured");
  return estimate;
}

}  // namespace

int dry_run(World& world, const Plan& plan, const std::vector<RunState>& states, const RunOptions& options,
            const std::string& jobs) {
  const std::size_t side_by_side = job_count(jobs, plan);
  const bool json = world.options().json;
  if (!json) print_runs(plan, states);
  const Estimate estimate = rehearse(world, plan, options);
  double seconds = 0;
  std::int64_t stages = 0;
  Json rows = Json::array();
  for (const StageEstimate& s : estimate.stages) {
    seconds += s.seconds;
    stages += s.count;
    rows.push_back({{"stage", s.stage},
                    {"to do", s.count},
                    {"each", duration(s.seconds / static_cast<double>(s.count))},
                    {"all", duration(s.seconds)},
                    {"seconds", s.seconds}});
  }
  if (json) {
    const Json total = {{"stages", rows}, {"seconds", seconds}, {"jobs", side_by_side}, {"notes", estimate.notes}};
    fmt::print("{}\n", Json({{"runs", runs_json(plan, states)}, {"estimate", total}}).dump(2));
    return exit_ok;
  }
  for (const std::string& note : estimate.notes) say(LogLevel::warning, note);
  if (rows.empty()) {
    fmt::print("\nnothing to do\n");
    return exit_ok;
  }
  fmt::print("\n");
  print_rows(rows, {"seconds"});
  // Stages of one run wait for each other, so that many jobs on few runs gain less; that is not modelled.
  fmt::print("\n{} stages, about {} one after the other", stages, duration(seconds));
  const std::size_t used = std::min(side_by_side, plan.runs.size());
  if (used > 1) fmt::print(", at best {} with {} side by side", duration(seconds / static_cast<double>(used)), used);
  fmt::print("; measured on made-up series of the same shape\n");
  return exit_ok;
}

}  // namespace autodidact
