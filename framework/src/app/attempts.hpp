// Runs as child processes: a plugin that crashes ends its own attempt only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/engine_api.hpp"
#include "config/run.hpp"

namespace autodidact {

struct Attempt {
  std::size_t index = 0;  // in the plan
  const Run* run = nullptr;
  RunState state;
};

struct AttemptResult {
  std::size_t index = 0;
  RunOutcome outcome;
  int code = exit_ok;  // of the child: exit_stopped if it was asked to stop
};

// Runs `command... --attempt INDEX --report FD` for each attempt, at most `jobs` at once, and shows their progress.
// SIGINT and SIGTERM reach the children, which write checkpoints and end; a second signal ends everything at once. A
// child that dies leaves a record of status `failed` that says how.
std::vector<AttemptResult> run_attempts(const std::vector<Attempt>& attempts, const std::vector<std::string>& command,
                                        std::size_t jobs);
// The signal that stopped run_attempts, or 0.
int stop_signal();

// The child's side: executes one run and reports lines of JSON to `fd`.
int attempt_main(const Engine& engine, const Run& run, const RunOptions& options, int fd);

std::string title_of(const Run& run);

}  // namespace autodidact
