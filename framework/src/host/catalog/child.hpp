// One child process with a time limit, its output kept.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace autodidact {

struct ChildResult {
  enum class End { exited, signalled, timed_out } end = End::exited;
  int code = 0;          // exit code or signal number
  std::string out, err;  // the first 4 MB of each
};

// Runs `program` with `arguments` in its own process group, standard input closed off. When `seconds` have passed the
// whole group is killed. Throws ConfigError if the program cannot be started.
ChildResult run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments, double seconds);

std::string signal_name(int signal);  // "SIGBUS"

}  // namespace autodidact
