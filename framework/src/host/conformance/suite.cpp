#include "host/conformance/suite.hpp"

#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>

#include "autodidact/plugin/error.hpp"
#include "host/conformance/talk.hpp"
#include "host/golden.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

using Clock = std::chrono::steady_clock;

Outcome outcome_of(const Suite::Body& body) {
  try {
    return body();
  } catch (const c10::Error& e) {  // backward runs a plugin's code without a guard
    return fail(e.what_without_backtrace());
  } catch (const std::exception& e) {
    return fail(e.what());
  } catch (...) {
    return fail("something thrown that is not a std::exception");
  }
}

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

}  // namespace

void Suite::add(std::string name, std::string expected, Body body) {
  entries_.push_back({{std::move(name), std::move(expected), ""}, std::move(body)});
}

void Suite::add_if_taken(std::string name, std::string expected, Body body) {
  add(std::move(name), std::move(expected), [body = std::move(body)] {
    try {
      return body();
    } catch (const PluginRefusal& e) {
      return skip(std::string("the plugin does not take it: ") + e.what());
    }
  });
}

void Suite::add_gate(std::string name, std::string expected, std::string lacking, Body body) {
  add(std::move(name), std::move(expected), std::move(body));
  entries_.back().plan.lacking = std::move(lacking);
}

void Suite::choose(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns)
    if (std::none_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return glob_match(pattern, e.plan.name); }) &&
        !glob_match(pattern, kSilence))
      throw ConfigError("no check is called '" + pattern + "'; without --only all are run and named");
  if (patterns.empty()) return;
  std::erase_if(entries_, [&](const Entry& entry) {
    for (const std::string& pattern : patterns)
      if (glob_match(pattern, entry.plan.name)) return false;
    return entry.plan.lacking.empty();
  });
}

std::vector<Check> Suite::run(const CheckOptions& options, const CheckEvents& events) {
  choose(options.only);
  std::vector<PlannedCheck> plan;
  for (const Entry& entry : entries_) plan.push_back(entry.plan);
  const Check silence = silence_of({});
  plan.push_back({silence.name, silence.expected, ""});
  if (events.plan) events.plan(plan);

  std::vector<Check> checks;
  std::string lacking;
  Check::Status without = Check::Status::not_run;  // what becomes of checks that lack something
  Talk talk(options.heard);
  const auto done = [&](std::size_t number, Check check) {
    checks.push_back(std::move(check));
    if (events.end) events.end(number, checks.back());
  };
  for (std::size_t i = options.first; i < entries_.size(); ++i) {
    Check check{plan[i].name, plan[i].expected, lacking, without, 0, ""};
    if (lacking.empty()) {
      if (events.begin) events.begin(i);
      const auto start = Clock::now();
      Outcome outcome = outcome_of(entries_[i].body);
      check.seconds = std::chrono::duration<double>(Clock::now() - start).count();
      check.status = outcome.status;
      check.found = one_line(std::move(outcome.found));
      check.said = talk.news();
      if (check.status == Check::Status::failed) lacking = plan[i].lacking;
      if (check.status == Check::Status::skipped && !plan[i].lacking.empty()) {
        lacking = check.found;
        without = Check::Status::skipped;
      }
    }
    done(i, std::move(check));
  }
  if (options.first <= entries_.size()) {
    if (events.begin) events.begin(entries_.size());
    done(entries_.size(), silence_of(checks));
  }
  return checks;
}

}  // namespace autodidact
