// autodidact plugin check and autodidact selftest, as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/engine/verbs.hpp"
#include "host/conformance.hpp"
#include "host/golden.hpp"
#include "metrics/measure.hpp"

namespace autodidact {

namespace {

using Json = nlohmann::ordered_json;

void add_golden(Json& items, const GoldenReport& report) {
  for (const GoldenLine& line : report.lines) {
    std::string detail = line.passed ? fmt::format("{} arrays compared", line.compared.size()) : line.detail;
    if (!line.not_compared.empty()) {
      detail += fmt::format(", {} not: ", line.not_compared.size());
      for (std::size_t i = 0; i < line.not_compared.size(); ++i) detail += (i ? " " : "") + line.not_compared[i];
    }
    items.push_back({{"name", fmt::format("{}/{} by {}", line.file, line.group, line.claimant)},
                     {"status", line.passed ? "passed" : "failed"},
                     {"detail", detail}});
  }
}

}  // namespace

std::string check_report(const CheckRequest& request) {
  Json items = Json::array();
  for (const Check& check : conformance(request.plugin, request.overrides)) {
    const std::string detail = check.passed || check.skipped
                                   ? check.found
                                   : fmt::format("found {}, expected {}", check.found, check.expected);
    items.push_back({{"name", check.name},
                     {"status", check.skipped ? "skipped" : check.passed ? "passed" : "failed"},
                     {"detail", detail}});
  }
  if (!request.golden.empty()) {
    GoldenReport report;
    const auto claimants = golden_claimants({}, {&request.plugin, 1}, report);
    run_golden(request.golden, claimants, report);
    add_golden(items, report);
  }
  return Json({{"plugin", kind_name(request.plugin.kind) + "/" + request.plugin.name}, {"items", items}}).dump();
}

std::string golden_report(const GoldenRequest& request, const Progress&) {
  GoldenReport report;
  const auto claimants = golden_claimants(host_golden(), request.plugins, report);
  run_golden({request.folder}, claimants, report);
  Json items = Json::array();
  add_golden(items, report);
  return Json({{"items", items}, {"unclaimed", report.unclaimed}}).dump();
}

}  // namespace autodidact
