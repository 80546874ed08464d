// The list of checks of one plugin, and how it is worked through.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/catalog/check.hpp"

namespace autodidact {

struct Outcome {
  Check::Status status = Check::Status::passed;
  std::string found;
};
inline Outcome pass(std::string found = "as expected") { return {Check::Status::passed, std::move(found)}; }
inline Outcome fail(std::string found) { return {Check::Status::failed, std::move(found)}; }
inline Outcome skip(std::string why) { return {Check::Status::skipped, std::move(why)}; }
// "" is no fault.
inline Outcome judged(const std::string& fault, std::string found = "as expected") {
  return fault.empty() ? pass(std::move(found)) : fail(fault);
}

class Suite {
 public:
  using Body = std::function<Outcome()>;

  // An exception inside the body is a failure with its text.
  void add(std::string name, std::string expected, Body body);
  // Where the plugin says itself that it does not take the case (PluginRefusal), the check is skipped.
  void add_if_taken(std::string name, std::string expected, Body body);
  // What all later checks stand on: if it fails they are not run, for the reason `lacking`; if it is skipped so are
  // they.
  void add_gate(std::string name, std::string expected, std::string lacking, Body body);

  // The checks in order, and silence_of them at the end.
  std::vector<Check> run(const CheckOptions& options, const CheckEvents& events);

 private:
  struct Entry {
    PlannedCheck plan;
    Body body;
  };
  void choose(const std::vector<std::string>& patterns);

  std::vector<Entry> entries_;
};

}  // namespace autodidact
