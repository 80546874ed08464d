#include "host/catalog/check.hpp"

#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace {

constexpr Check::Status kAll[] = {Check::Status::passed, Check::Status::failed, Check::Status::skipped,
                                  Check::Status::not_run};

// The first line, cut to a length that fits into one.
std::string first_line(const std::string& text) {
  constexpr std::size_t kMost = 80;
  const std::size_t start = text.find_first_not_of("\n\r\t ");
  if (start == std::string::npos) return "white space";
  const std::string line = text.substr(start, text.find_first_of("\n\r", start) - start);
  return "'" + (line.size() > kMost ? line.substr(0, kMost) + "..." : line) + "'";
}

}  // namespace

const char* status_name(Check::Status status) {
  switch (status) {
    case Check::Status::passed:
      return "passed";
    case Check::Status::failed:
      return "failed";
    case Check::Status::skipped:
      return "skipped";
    case Check::Status::not_run:
      return "not run";
  }
  return "";
}

Check::Status status_named(const std::string& name) {
  for (const Check::Status status : kAll)
    if (name == status_name(status)) return status;
  throw ConfigError("'" + name + "' is no status of a check");
}

Check silence_of(const std::vector<Check>& checks) {
  Check silence{kSilence,  "nothing on standard output and standard error: HostServices::log is for that",
                "nothing", Check::Status::passed,
                0,         ""};
  std::size_t loud = 0;
  const Check* first = nullptr;
  for (const Check& check : checks) {
    if (check.said.empty() || check.name == kSilence) continue;
    if (++loud == 1) first = &check;
  }
  if (!first) return silence;
  silence.status = Check::Status::failed;
  silence.found = first_line(first->said) + " in '" + first->name + "'";
  if (loud > 1) silence.found += " and something in " + std::to_string(loud - 1) + " more";
  return silence;
}

}  // namespace autodidact
