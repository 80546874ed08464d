// autodidact run: a suite into records.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/attempts.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/dry_run.hpp"
#include "app/version.hpp"
#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

// Done ones first, then what the attempts gave, then cells without data.
int report(const Plan& plan, const std::vector<RunState>& states, const std::vector<AttemptResult>& results,
           bool json) {
  std::size_t done = 0, failed = 0, missing = 0, stopped = 0;
  int code = exit_ok;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  const auto row = [&](std::size_t i, const std::string& status, const std::string& reason, const fs::path& file) {
    if (json)
      rows.push_back(
          {{"run", title_of(plan.runs[i])}, {"status", status}, {"reason", reason}, {"file", file.string()}});
    else
      fmt::print("{:<8} {}  {}\n", status, file.empty() ? "-" : file.string(),
                 title_of(plan.runs[i]) + (reason.empty() ? "" : "  (" + reason + ")"));
  };
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!states[i].error.empty()) {
      row(i, "missing", states[i].error, {});
      ++missing;
      code = std::max<int>(code, exit_data);
    } else if (states[i].done) {
      row(i, "ok", "", states[i].file);
      ++done;
    }
  }
  std::vector<bool> seen(states.size(), false);
  for (const AttemptResult& result : results) {
    seen[result.index] = true;
    const bool ok = result.code == exit_ok;
    row(result.index,
        ok                            ? "ok"
        : result.code == exit_stopped ? "stopped"
                                      : "failed",
        result.outcome.reason, result.outcome.file);
    ++(ok ? done : result.code == exit_stopped ? stopped : failed);
    if (!ok && code == exit_ok) code = result.code;
  }
  for (std::size_t i = 0; i < states.size(); ++i)
    if (!seen[i] && !states[i].done && states[i].error.empty()) ++stopped;
  if (json) fmt::print("{}\n", rows.dump(2));
  say(LogLevel::info, fmt::format("{} runs: {} done, {} failed, {} without data, {} stopped", states.size(), done,
                                  failed, missing, stopped));
  if (stop_signal()) return stop_signal() == 2 ? 130 : exit_stopped;
  return failed > 0 && code == exit_data ? exit_failed : code;
}

}  // namespace

int run_command(World& world, const RunCommand& command) {
  if (command.attempt) world.keep_refusals_silent();
  if (const auto study = load_study(command.suite, command.overrides, world.suite_dirs()))
    return study_command(world, command, *study);
  const Plan plan = load_plan(command.suite, command.overrides, world.sources());
  if (command.print_config) {
    if (world.options().json) throw ConfigError("--print-config prints TOML, a document a run; leave --json out");
    for (const Run& run : plan.runs) fmt::print("{}\n", run.to_toml());
    return exit_ok;
  }
  RunOptions options;
  options.out = fs::absolute(command.out);
  options.data_roots = world.data_roots(plan.data_roots);
  options.card_dirs = world.card_dirs();
  options.reuse_versions = command.reuse == "version";
  options.checkpoint_seconds = command.checkpoint_seconds;
  options.version = program_version();
  if (command.attempt) {
    if (*command.attempt >= plan.runs.size()) throw ConfigError("--attempt: the plan has fewer runs");
    return attempt_main(world.engine(), plan.runs[*command.attempt], options, command.report_fd);
  }
  for (const std::string& note : plan.notes) say(LogLevel::info, "note: " + note);
  const std::vector<RunState> states = world.engine().look(plan.runs, options);
  if (command.dry_run) return dry_run(world, plan, states, options, command.jobs);
  std::vector<Attempt> attempts;
  for (std::size_t i = 0; i < plan.runs.size(); ++i)
    if (!states[i].done && states[i].error.empty()) attempts.push_back({i, &plan.runs[i], states[i]});
  if (attempts.empty()) {
    say(LogLevel::info, "nothing to train: every run of this suite is done");
    return report(plan, states, {}, world.options().json);
  }
  std::error_code error;
  fs::create_directories(options.out, error);
  if (error) throw ConfigError("--out " + options.out.string() + ": the folder cannot be made: " + error.message());
  const std::size_t jobs = job_count(command.jobs, plan);
  say(LogLevel::info, fmt::format("{}: {} runs, {} to do, {} side by side, into {}", plan.suite, plan.runs.size(),
                                  attempts.size(), std::min(jobs, attempts.size()), options.out.string()));
  std::vector<std::string> words = command.words;
  words.front() = world.program().string();
  return report(plan, states, run_attempts(attempts, words, jobs), world.options().json);
}

}  // namespace autodidact
