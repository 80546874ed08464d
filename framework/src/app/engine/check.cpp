// autodidact plugin check and autodidact selftest.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "app/engine/verbs.hpp"
#include "host/conformance/conformance.hpp"
#include "host/golden.hpp"
#include "metrics/measure.hpp"

namespace autodidact {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr const char* kGoldenExpected = "the file's numbers within its tolerances";
std::string golden_name(const std::filesystem::path& file) { return "golden " + file.stem().string(); }

std::string found_in(const GoldenLine& line) {
  std::string found = line.passed ? fmt::format("{} arrays compared", line.compared.size()) : line.detail;
  if (!line.not_compared.empty()) {
    found += fmt::format(", {} not: ", line.not_compared.size());
    for (std::size_t i = 0; i < line.not_compared.size(); ++i) found += (i ? " " : "") + line.not_compared[i];
  }
  return found;
}

// The groups of one golden file, a check each; of a file that cannot be read or is not for this plugin, one.
void check_golden(const std::filesystem::path& file, const PluginInfo& plugin,
                  const std::function<void(const Check&)>& tell) {
  auto last = Clock::now();
  bool told = false;
  const auto add = [&](const std::string& name, const std::string& found, Check::Status status) {
    const auto now = Clock::now();
    tell({name, kGoldenExpected, found, status, std::chrono::duration<double>(now - last).count(), ""});
    last = now;
    told = true;
  };
  const auto status_of = [](bool passed) { return passed ? Check::Status::passed : Check::Status::failed; };
  try {
    GoldenReport report;
    const auto claimants = golden_claimants({}, {&plugin, 1}, report);
    for (const GoldenLine& line : report.lines) add(golden_name(file), line.detail, status_of(line.passed));
    run_golden({file}, claimants, report, [&](const GoldenLine& line) {
      add(fmt::format("golden {}/{}", line.file, line.group), found_in(line), status_of(line.passed));
    });
    if (!told) add(golden_name(file), "the plugin claims no group of this file", Check::Status::skipped);
  } catch (const std::exception& e) {
    add(golden_name(file), e.what(), Check::Status::failed);
  }
}

}  // namespace

void run_checks(const CheckRequest& request, const CheckEvents& events) {
  std::size_t planned = 0;
  CheckEvents told = events;
  told.plan = [&](std::vector<PlannedCheck> plan) {
    planned = plan.size();
    for (const auto& file : request.golden) plan.push_back({golden_name(file), kGoldenExpected, ""});
    events.plan(plan);
  };
  conformance(request.plugin, request.options, told);
  for (std::size_t i = 0; i < request.golden.size(); ++i) {
    if (planned + i < request.options.first) continue;
    events.begin(planned + i);
    check_golden(request.golden[i], request.plugin, [&](const Check& check) { events.end(planned + i, check); });
  }
}

std::string golden_report(const GoldenRequest& request, const Progress&) {
  GoldenReport report;
  const auto claimants = golden_claimants(host_golden(), request.plugins, report);
  run_golden({request.folder}, claimants, report);
  Json items = Json::array();
  for (const GoldenLine& line : report.lines)
    items.push_back({{"name", fmt::format("{}/{} by {}", line.file, line.group, line.claimant)},
                     {"status", line.passed ? "passed" : "failed"},
                     {"detail", found_in(line)}});
  return Json({{"items", items}, {"unclaimed", report.unclaimed}}).dump();
}

}  // namespace autodidact
