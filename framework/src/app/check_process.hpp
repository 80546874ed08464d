// The checks of a plugin in child processes: one that hangs, crashes, ends the process or takes all memory is a failed
// check, and what comes after it is run in a fresh child.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "app/engine_api.hpp"

namespace autodidact {

struct CheckLimits {
  // Of one check, without what it waits for a processor: a busy machine is not the plugin's fault. A golden file gets
  // six times that.
  double seconds = 20;
  std::int64_t memory = 4ll << 30;  // resident bytes of the child
};

struct CheckWatcher {
  std::function<void(std::size_t number, std::size_t total, const std::string& name)> begin;
  std::function<void(const Check&)> end;  // in the order of the plan
};

// Starts `program __check`, and anew when a check ended it, three times at most. Throws EngineError if the
// checks cannot be started, and with code 130 after SIGINT or SIGTERM.
std::vector<Check> check_in_children(const std::filesystem::path& program, CheckRequest request,
                                     const CheckLimits& limits, const CheckWatcher& watcher);

// The child's side: a request on standard input, events as lines of JSON on descriptor 3. Returns an exit code.
int check_main();

}  // namespace autodidact
