// The child's side of checks.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <iterator>

#include "app/check_json.hpp"
#include "app/check_process.hpp"
#include "app/world.hpp"
#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace {

constexpr int kReport = 3;

void report(const nlohmann::json& line) {
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(kReport, text.data() + done, text.size() - done);
    if (n <= 0) return;  // the parent is gone, and this process with it
    done += static_cast<std::size_t>(n);
  }
}

// Resident memory is the parent's to watch; these are for what never becomes resident, and for endless files.
void limit_resources() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0}, file{1ull << 30, 1ull << 30};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::setrlimit(RLIMIT_FSIZE, &file);
#if !defined(__SANITIZE_ADDRESS__)
  const rlimit space{64ull << 30, 64ull << 30};
  ::setrlimit(RLIMIT_AS, &space);
#endif
}

int failed(int code, const std::string& why) {
  report({{"error", why}, {"code", code}});
  return code;
}

CheckEvents reporting() {
  CheckEvents events;
  events.plan = [](const std::vector<PlannedCheck>& plan) {
    nlohmann::json all = nlohmann::json::array();
    for (const PlannedCheck& check : plan) all.push_back(to_json_value(check));
    report({{"plan", all}});
  };
  events.begin = [](std::size_t number) { report({{"begin", number}}); };
  events.end = [](std::size_t number, const Check& check) {
    report({{"end", number}, {"check", to_json_value(check)}});
  };
  return events;
}

}  // namespace

int check_main() {
  limit_resources();
  if (::getppid() == 1) return exit_failed;
  try {
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    const CheckRequest request = check_request_of(nlohmann::json::parse(text));
    World({}).engine().check(request, reporting());
    report({{"finished", true}});
    return exit_ok;
  } catch (const ConfigError& e) {
    return failed(exit_usage, e.what());
  } catch (const std::exception& e) {
    return failed(exit_failed, e.what());
  }
}

}  // namespace autodidact
