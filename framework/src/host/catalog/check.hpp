// A check of the conformance suite as a value: what was asked of a plugin and what was found. Free of LibTorch, so that
// the program can start checks in a child process, and print what that reports.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace autodidact {

struct Check {
  // not_run: something it stands on failed, or too many checks before it ended their process.
  enum class Status { passed, failed, skipped, not_run };

  std::string name;  // "shapes (C = 3, L = 96)"
  std::string expected;
  std::string found;  // of what was skipped or not run: why
  Status status = Status::not_run;
  double seconds = 0;
  std::string said;  // what was written to standard output and standard error meanwhile
};

const char* status_name(Check::Status status);  // "not run"
Check::Status status_named(const std::string& name);

struct PlannedCheck {
  std::string name, expected;
  std::string lacking;  // if it fails, no later check is run, for this reason; "" for most
};

struct CheckOptions {
  std::vector<std::pair<std::string, std::string>> overrides;  // parameters, as TOML texts
  std::vector<std::string> only;  // shell patterns of names; none: all. What others stand on is always run
  std::size_t first = 0;          // number in the plan of the first check to run
  bool heard = false;             // standard output is a file that nobody else writes to: it is read, not replaced
  std::filesystem::path scratch;  // the working and temporary folder, empty at the start; "": not looked at
};

// Called as the suite goes on; each may be empty.
struct CheckEvents {
  std::function<void(const std::vector<PlannedCheck>&)> plan;
  std::function<void(std::size_t number)> begin;
  std::function<void(std::size_t number, const Check&)> end;
};

// The last check of every plugin, made of what the others have seen.
inline constexpr const char* kSilence = "says nothing";
Check silence_of(const std::vector<Check>& checks);

}  // namespace autodidact
