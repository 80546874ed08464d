// autodidact plugin check, autodidact selftest: reports of the engine as lines or JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace {

// A line an item, closing counts. Items: {name, status: passed|failed|skipped, detail}.
int print_report(const std::string& text, bool json) {
  const auto report = nlohmann::ordered_json::parse(text);
  std::size_t passed = 0, failed = 0, skipped = 0;
  const bool colour = colours(1);
  for (const auto& item : report["items"]) {
    const std::string status = item["status"];
    ++(status == "passed" ? passed : status == "failed" ? failed : skipped);
    if (json) continue;
    const char* paint = !colour ? "" : status == "passed" ? "\033[32m" : status == "failed" ? "\033[31m" : "\033[33m";
    fmt::print("{}{:<7}{} {}{}\n", paint, status, colour ? "\033[0m" : "", item["name"].get<std::string>(),
               item["detail"].get<std::string>().empty() ? "" : "  " + item["detail"].get<std::string>());
  }
  if (json) {
    fmt::print("{}\n", report.dump(2));
  } else {
    if (report.contains("unclaimed") && !report["unclaimed"].empty()) {
      fmt::print("claimed by nothing:");
      for (const auto& name : report["unclaimed"]) fmt::print(" {}", name.get<std::string>());
      fmt::print("\n");
    }
    fmt::print("{} passed, {} failed, {} skipped\n", passed, failed, skipped);
  }
  return failed == 0 ? exit_ok : exit_failed;
}

}  // namespace

int check_command(World& world, const std::string& plugin, const std::vector<std::string>& overrides,
                  const std::vector<std::string>& golden) {
  CheckRequest request;
  request.plugin = world.plugin(plugin);
  for (const std::string& text : overrides) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) throw ConfigError("'" + text + "': expected key=value");
    request.overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  request.golden.assign(golden.begin(), golden.end());
  return print_report(world.engine().check(request), world.options().json);
}

int selftest_command(World& world, const std::string& golden) {
  Progress silent;
  return print_report(world.engine().golden({golden, world.catalog().plugins}, silent), world.options().json);
}

}  // namespace autodidact
