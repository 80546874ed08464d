// autodidact plugin check, autodidact selftest.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "app/check_process.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

// A status as it is printed, in its colour.
std::string painted(const std::string& status) {
  if (!colours(1)) return fmt::format("{:<7}", status);
  const char* paint = status == "passed" ? "\033[32m" : status == "failed" ? "\033[31m" : "\033[33m";
  return fmt::format("{}{:<7}\033[0m", paint, status);
}

CheckRequest request_of(World& world, const CheckCommand& command) {
  CheckRequest request;
  request.plugin = world.plugin(command.plugin);
  for (const std::string& text : command.values) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) throw ConfigError("'" + text + "': expected key=value");
    request.options.overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  request.options.only = command.only;
  for (const std::string& file : command.golden) request.golden.push_back(fs::absolute(file));
  return request;
}

void print_check(const Check& check) {
  const std::string name = fmt::format("{} {:<27}", painted(status_name(check.status)), check.name);
  if (check.status == Check::Status::passed || check.status == Check::Status::failed)
    fmt::print("{} expected: {}; found: {}\n", name, check.expected, check.found);
  else
    fmt::print("{} {}\n", name, check.found);
}

struct Counts {
  std::array<std::size_t, 4> of{};
  std::size_t operator[](Check::Status status) const { return of[static_cast<std::size_t>(status)]; }
};

Counts count(const std::vector<Check>& checks) {
  Counts counts;
  for (const Check& check : checks) ++counts.of[static_cast<std::size_t>(check.status)];
  return counts;
}

Json report_of(const PluginInfo& plugin, const std::vector<Check>& checks, double seconds) {
  const Counts counts = count(checks);
  Json items = Json::array();
  for (const Check& check : checks)
    items.push_back({{"name", check.name},
                     {"status", status_name(check.status)},
                     {"expected", check.expected},
                     {"found", check.found},
                     {"seconds", check.seconds}});
  return {{"plugin", kind_name(plugin.kind) + "/" + plugin.name},
          {"version", plugin.version},
          {"file", plugin.file.string()},
          {"digest", plugin.digest},
          {"passed", counts[Check::Status::passed]},
          {"failed", counts[Check::Status::failed]},
          {"skipped", counts[Check::Status::skipped]},
          {"not_run", counts[Check::Status::not_run]},
          {"seconds", seconds},
          {"items", items}};
}

}  // namespace

int check_command(World& world, const CheckCommand& command) {
  const auto start = std::chrono::steady_clock::now();
  const CheckRequest request = request_of(world, command);
  const bool json = world.options().json;
  CheckLimits limits;
  limits.seconds = command.seconds;
  limits.memory = static_cast<std::int64_t>(command.memory * (1 << 30));
  CheckWatcher watcher;
  watcher.begin = [](std::size_t number, std::size_t total, const std::string& name) {
    set_status(fmt::format("{}/{}  {}", number + 1, total, name));
  };
  watcher.end = [&](const Check& check) {
    set_status("");
    if (!json) print_check(check);
  };
  if (!json) fmt::print("{}/{} {}\n", kind_name(request.plugin.kind), request.plugin.name, request.plugin.version);
  const std::vector<Check> checks = check_in_children(world.program(), request, limits, watcher);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const Counts counts = count(checks);
  if (json)
    fmt::print("{}\n", report_of(request.plugin, checks, seconds).dump(2, ' ', false, Json::error_handler_t::replace));
  else
    fmt::print("{} checks in {:.1f} s: {} passed, {} failed, {} skipped, {} not run\n", checks.size(), seconds,
               counts[Check::Status::passed], counts[Check::Status::failed], counts[Check::Status::skipped],
               counts[Check::Status::not_run]);
  return counts[Check::Status::failed] == 0 ? exit_ok : exit_failed;
}

int selftest_command(World& world, const std::string& golden) {
  Progress silent;
  const Json report = Json::parse(world.engine().golden({golden, world.catalog().plugins}, silent));
  std::size_t passed = 0, failed = 0;
  for (const auto& item : report["items"]) {
    const std::string status = item["status"], detail = item["detail"];
    ++(status == "passed" ? passed : failed);
    if (world.options().json) continue;
    fmt::print("{} {}{}\n", painted(status), item["name"].get<std::string>(), detail.empty() ? "" : "  " + detail);
  }
  if (world.options().json) {
    fmt::print("{}\n", report.dump(2));
  } else {
    if (!report["unclaimed"].empty()) {
      fmt::print("claimed by nothing:");
      for (const auto& name : report["unclaimed"]) fmt::print(" {}", name.get<std::string>());
      fmt::print("\n");
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
  }
  return failed == 0 ? exit_ok : exit_failed;
}

}  // namespace autodidact
