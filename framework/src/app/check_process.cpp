// The parent's side of checks: start, watch, name what was lost.
#include "app/check_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <csignal>

#include "app/check_child.hpp"
#include "app/check_json.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostLost = 3;  // checks that ended their process, and then no more are run
constexpr double kStartSeconds = 60;  // to open the engine
constexpr const char* kEnd = "end of the process";
constexpr const char* kEndExpected = "it ends by itself, with code 0, when all is done";

volatile std::sig_atomic_t caught = 0;
extern "C" void end_checks(int signal) { caught = signal; }

// A folder of its own, gone at the end.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "autodidact-check-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw EngineError(exit_failed, name + ": no folder can be made there");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class Checks {
 public:
  Checks(const fs::path& program, CheckRequest request, const CheckLimits& limits, const CheckWatcher& watcher)
      : program_(program), request_(std::move(request)), limits_(limits), watcher_(watcher) {
    request_.options.heard = true;
    request_.options.scratch = scratch_.path();
  }

  std::vector<Check> all() {
    while (!ended_) one_child();
    return std::move(checks_);
  }

 private:
  void one_child() {
    CheckChild child(program_, request_, scratch_.path());
    current_.reset();
    between_ = finished_ = false;
    std::string how = watch(child);
    if (!how.empty() || caught)
      child.kill();
    else
      how = child.reap();
    if (caught) throw EngineError(130, "interrupted");
    if (finished_) return close(how);
    if (how.empty()) how = "ended the process with exit code 0: it called exit()?";
    if (!current_ && !error_.empty()) throw EngineError(error_code_, error_);
    how += error_.empty() ? child.last_words() : ": " + error_;
    if (!current_) throw EngineError(exit_failed, "the checks could not be started; something " + how);
    lose(how);
  }

  // Until the child has closed its end; or why it was given up.
  std::string watch(CheckChild& child) {
    hear(child);
    bool open = true;
    while (open && !caught) {
      open = child.read([&](const nlohmann::json& line) { take(line, child); });
      const double limit = !current_ ? kStartSeconds : limits_.seconds * (is_golden(*current_) ? 6 : 1);
      if (seconds_since() - (child.waited() - waited_) > limit)
        return finished_ ? "did not end" : fmt::format("did not return within {:g} s", limit);
      if (child.resident() > limits_.memory)
        return fmt::format("took more than {:.3g} GB of memory", static_cast<double>(limits_.memory) / (1 << 30));
    }
    return "";
  }

  bool is_golden(std::size_t number) const { return plan_[number].name.rfind("golden ", 0) == 0; }

  void hear(const CheckChild& child) {
    since_ = Clock::now();
    waited_ = child.waited();
  }
  double seconds_since() const { return std::chrono::duration<double>(Clock::now() - since_).count(); }

  void take(const nlohmann::json& line, const CheckChild& child) {
    hear(child);
    if (line.contains("plan")) {
      plan_.clear();
      for (const auto& check : line["plan"]) plan_.push_back(planned_check_of(check));
    } else if (line.contains("begin")) {
      current_ = line["begin"].get<std::size_t>();
      if (watcher_.begin) watcher_.begin(*current_, plan_.size(), plan_.at(*current_).name);
      between_ = false;
    } else if (line.contains("end")) {
      between_ = !is_golden(*current_);  // which has several groups
      add(check_of(line["check"]));
    } else if (line.contains("finished")) {
      finished_ = true;
    } else if (line.contains("error")) {
      error_ = line["error"];
      error_code_ = line.value("code", int{exit_failed});
    }
  }

  // The child has seen only what was written since it was started.
  void add(Check check) {
    if (check.name == kSilence) check = silence_of(checks_);
    checks_.push_back(std::move(check));
    if (watcher_.end) watcher_.end(checks_.back());
  }

  // The check that was running ended its process, or was ended with it.
  void lose(const std::string& how) {
    const std::size_t number = *current_ + (between_ ? 1 : 0);
    if (number == plan_.size()) return close(how);
    add({plan_[number].name, plan_[number].expected, how, Check::Status::failed, seconds_since(), ""});
    request_.options.first = number + 1;
    std::string why = plan_[number].lacking;
    if (++lost_ == kMostLost) why = fmt::format("{} checks before it ended their process", lost_);
    if (why.empty() && request_.options.first < plan_.size()) return;
    for (std::size_t i = number + 1; i < plan_.size(); ++i)
      add({plan_[i].name, plan_[i].expected, why, Check::Status::not_run, 0, ""});
    ended_ = true;
  }

  // how: "" if it ended well.
  void close(const std::string& how) {
    add({kEnd, kEndExpected, how.empty() ? "as expected" : how,
         how.empty() ? Check::Status::passed : Check::Status::failed, 0, ""});
    ended_ = true;
  }

  using Clock = std::chrono::steady_clock;
  fs::path program_;
  CheckRequest request_;
  CheckLimits limits_;
  const CheckWatcher& watcher_;
  Scratch scratch_;
  std::vector<PlannedCheck> plan_;
  std::vector<Check> checks_;
  std::optional<std::size_t> current_;  // the check that runs
  Clock::time_point since_;             // when the child was last heard of
  double waited_ = 0;                   // its waited() then
  std::size_t lost_ = 0;
  bool between_ = false;  // it has ended, and the next has not begun
  bool finished_ = false, ended_ = false;
  std::string error_;
  int error_code_ = exit_failed;
};

}  // namespace

std::vector<Check> check_in_children(const fs::path& program, CheckRequest request, const CheckLimits& limits,
                                     const CheckWatcher& watcher) {
  struct sigaction action {};
  action.sa_handler = end_checks;
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  return Checks(program, std::move(request), limits, watcher).all();
}

}  // namespace autodidact
