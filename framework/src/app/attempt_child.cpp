// The child's side of an attempt.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "app/attempts.hpp"
#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace {

std::atomic<bool> stop_asked{false};
extern "C" void on_stop(int) { stop_asked.store(true); }

const char* event_name(StageEvent event) {
  switch (event) {
    case StageEvent::cached:
      return "cached";
    case StageEvent::waiting:
      return "waiting";
    case StageEvent::started:
      return "started";
    case StageEvent::resumed:
      return "resumed";
    case StageEvent::finished:
      return "finished";
    case StageEvent::failed:
      return "failed";
  }
  return "";
}

// Lines of at most PIPE_BUF bytes arrive whole.
void report(int fd, const nlohmann::json& line) {
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n <= 0) return;  // the parent is gone; its end stops us by a signal
    done += static_cast<std::size_t>(n);
  }
}

Progress reporting(int fd) {
  Progress progress;
  progress.stop = &stop_asked;
  progress.stage = [fd](const std::string& stage, StageEvent event, const std::string& detail) {
    report(fd, {{"stage", stage}, {"event", event_name(event)}, {"detail", detail}});
  };
  // At most five a second: a prior on a small set takes thousands of steps in that time.
  auto last = std::make_shared<std::chrono::steady_clock::time_point>();
  progress.step = [fd, last](std::int64_t done, std::int64_t total, const std::string& unit, double loss) {
    const auto now = std::chrono::steady_clock::now();
    if (done != total && now - *last < std::chrono::milliseconds(200)) return;
    *last = now;
    nlohmann::json line = {{"done", done}, {"total", total}, {"unit", unit}};
    if (std::isfinite(loss)) line["loss"] = loss;
    report(fd, line);
  };
  progress.log = [fd](LogLevel level, const std::string& text) {
    report(fd, {{"log", text}, {"level", static_cast<int>(level)}});
  };
  return progress;
}

}  // namespace

int attempt_main(const Engine& engine, const Run& run, const RunOptions& options, int fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a killed parent: write a checkpoint and end
  if (::getppid() == 1) return exit_stopped;
  struct sigaction action {};
  action.sa_handler = on_stop;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGUSR1, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  const auto failed = [&](int code, const std::string& why) {
    report(fd, {{"error", why}, {"code", code}});
    return code;
  };
  try {
    const RunOutcome outcome = engine.execute(run, options, reporting(fd));
    report(fd, {{"file", outcome.file.string()},
                {"trained", outcome.trained},
                {"status", outcome.status},
                {"reason", outcome.reason}});
    if (outcome.status == "ok") return exit_ok;
    return outcome.reason.starts_with("diverged") ? exit_diverged : exit_failed;
  } catch (const EngineError& e) {
    return failed(e.code(), e.what());
  } catch (const ConfigError& e) {
    return failed(exit_usage, e.what());
  } catch (const DataError& e) {
    return failed(exit_data, e.what());
  } catch (const std::exception& e) {
    return failed(exit_failed, e.what());
  }
}

}  // namespace autodidact
