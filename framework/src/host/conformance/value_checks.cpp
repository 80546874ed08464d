// Other values of the parameters than those the checks use: the plugin works with them, or says that it does not.
#include <ATen/ATen.h>

#include <cmath>

#include "host/conformance/parts.hpp"
#include "host/open.hpp"

namespace autodidact {

namespace {

using Train = std::map<std::string, ParamValue>;

// One value of one parameter changed.
struct Change {
  std::string name;
  ParamValue value;
  std::string text;
};

// Creates and takes a step. Saying no with ConfigError or DataError is an answer, and so is a loss that diverges.
std::string fault_with(const Workshop& w, const Change& change, std::size_t& refused) {
  Train values = w.candidate().train.values();
  values[change.name] = change.value;
  const Params params(values);
  try {
    const auto subject = w.make({.params = &params});
    subject->train(true);
    subject->step(0);
  } catch (const PluginRefusal&) {
    ++refused;
  } catch (const Diverged&) {
  } catch (const std::exception& e) {
    return change.name + " = " + change.text + ": " + e.what();
  }
  return "";
}

Outcome try_all(const Workshop& w, const std::vector<Change>& changes) {
  if (changes.empty()) return skip("no such parameters");
  std::size_t refused = 0;
  for (const Change& change : changes)
    if (const std::string fault = fault_with(w, change, refused); !fault.empty()) return fail(fault);
  return pass(counted(changes.size(), "value") + ", " + std::to_string(refused) + " refused by the plugin itself");
}

Outcome choices(const Workshop& w) {
  std::vector<Change> changes;
  for (const ParamInfo& p : w.candidate().info.params) {
    if (p.phase != Phase::train) continue;
    const ParamValue now = w.candidate().train.values().at(p.name);
    if (p.type == ParamType::boolean) changes.push_back({p.name, !std::get<bool>(now), "the other"});
    if (p.type == ParamType::choice)
      for (const std::string& choice : p.choices)
        if (choice != std::get<std::string>(now)) changes.push_back({p.name, choice, choice});
  }
  return try_all(w, changes);
}

// `end` at the number of entries that the present value has.
ParamValue value_at(const ParamInfo& p, double end, const ParamValue& now) {
  if (p.type == ParamType::integer) return static_cast<std::int64_t>(end);
  if (p.type == ParamType::real) return end;
  if (p.type == ParamType::integers)
    return std::vector<std::int64_t>(std::get<std::vector<std::int64_t>>(now).size(), static_cast<std::int64_t>(end));
  return std::vector<double>(std::get<std::vector<double>>(now).size(), end);
}

// The greatest whole numbers are sizes, which no check could afford.
Outcome ends_of_ranges(const Workshop& w, bool least) {
  std::vector<Change> changes;
  for (const ParamInfo& p : w.candidate().info.params) {
    const bool whole = p.type == ParamType::integer || p.type == ParamType::integers;
    const bool number = whole || p.type == ParamType::real || p.type == ParamType::reals;
    const double end = least ? p.min : p.max;
    if (p.phase != Phase::train || !number || !std::isfinite(end) || (whole && !least)) continue;
    changes.push_back({p.name, value_at(p, end, w.candidate().train.values().at(p.name)), number_text(end)});
  }
  return try_all(w, changes);
}

Outcome defaults(const Workshop& w) {
  if (!w.candidate().own_values) return skip("the checks use the defaults");
  if (w.candidate().defaults.values().empty()) return skip("a parameter without default");
  const auto subject = w.make({.params = &w.candidate().defaults});
  subject->train(true);
  BenchOptimizer optimizer(1e-3);
  const double total = subject->step(0, &optimizer);
  return pass(counted(subject->parameters().size(), "parameter") + ", a total of " + number_text(total));
}

}  // namespace

void add_value_checks(Suite& suite, const Workshop& w) {
  suite.add("default values", "an object that takes a step with them too", [&] { return defaults(w); });
  suite.add("choices", "every choice works for a step, or is refused with ConfigError", [&] { return choices(w); });
  suite.add("least values", "the least value of each range works for a step, or is refused with ConfigError",
            [&] { return ends_of_ranges(w, true); });
  suite.add("greatest values", "so does the greatest of each range of real numbers",
            [&] { return ends_of_ranges(w, false); });
}

}  // namespace autodidact
