// The parent's side of attempts: start, watch, collect.
#include "app/attempts.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstring>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "app/console.hpp"
#include "app/version.hpp"
#include "results/file.hpp"

extern char** environ;

namespace autodidact {

namespace {

volatile std::sig_atomic_t caught = 0;  // the last signal
volatile std::sig_atomic_t count = 0;
extern "C" void on_signal(int signal) {
  caught = signal;
  count = count + 1;
}

struct Child {
  pid_t pid = 0;
  int fd = -1;
  const Attempt* attempt = nullptr;
  std::string buffer, stage = "start";
  bool told = false;  // its outcome or error has arrived
  AttemptResult result;
};

// stdout of the child goes to our stderr: our own stdout carries data only.
Child start(const Attempt& attempt, const std::vector<std::string>& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw EngineError(exit_failed, std::string("pipe: ") + std::strerror(errno));
  std::vector<std::string> words = command;
  for (const std::string& word :
       {std::string("--attempt"), std::to_string(attempt.index), std::string("--report"), std::string("3")})
    words.push_back(word);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, 2, 1);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], 3);
  Child child;
  const int error = ::posix_spawn(&child.pid, command.front().c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    throw EngineError(exit_failed, fmt::format("{}: {}", command.front(), std::strerror(error)));
  }
  child.fd = ends[0];
  child.attempt = &attempt;
  child.result.index = attempt.index;
  child.result.outcome.file = attempt.state.file;
  return child;
}

void take_line(Child& child, const std::string& text, Board& board) {
  const auto line = nlohmann::json::parse(text, nullptr, false);
  if (line.is_discarded() || !line.is_object()) return;
  const std::size_t job = child.attempt->index;
  if (line.contains("event")) {
    child.stage = line["stage"];
    board.stage(job, line["stage"], line["event"], line["detail"]);
  } else if (line.contains("done")) {
    board.step(job, line["done"], line["total"], line["unit"], line.value("loss", std::nan("")));
  } else if (line.contains("log")) {
    if (line["level"].get<int>() > 0)
      board.message(title_of(*child.attempt->run) + "  " + line["log"].get<std::string>());
  } else if (line.contains("file")) {
    child.told = true;
    RunOutcome& outcome = child.result.outcome;
    outcome = {line["file"].get<std::string>(), line["trained"], line["status"], line["reason"]};
    child.result.code = outcome.status == "ok"                   ? exit_ok
                        : outcome.reason.starts_with("diverged") ? exit_diverged
                                                                 : exit_failed;
  } else if (line.contains("error")) {
    child.told = true;
    child.result.outcome.status = "failed";
    child.result.outcome.reason = line["error"];
    child.result.code = line.value("code", int{exit_failed});
  }
}

// False at the end of the child's reports.
bool read_lines(Child& child, Board& board) {
  char bytes[8192];
  const ssize_t n = ::read(child.fd, bytes, sizeof bytes);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (n == 0) return false;
  child.buffer.append(bytes, static_cast<std::size_t>(n));
  for (std::size_t end; (end = child.buffer.find('\n')) != std::string::npos;) {
    take_line(child, child.buffer.substr(0, end), board);
    child.buffer.erase(0, end + 1);
  }
  return true;
}

// A child that died, or failed before it could write anything, leaves a row that says why.
void write_failure(const Child& child) {
  Record record;
  const Run& run = *child.attempt->run;
  char now[32];
  const std::time_t seconds = std::time(nullptr);
  std::strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&seconds));
  record.attributes[""] = {{"schema", std::int64_t{1}},
                           {"run_id", child.attempt->state.id},
                           {"status", std::string("failed")},
                           {"reason", child.result.outcome.reason},
                           {"created", std::string(now)},
                           {"suite", run.suite},
                           {"method", run.method},
                           {"dataset", run.dataset},
                           {"seed", run.seed},
                           {"order", run.order},
                           {"autodidact", program_version()}};
  record.attributes["config"] = run.flat();
  record.texts["config/toml"] = run.to_toml();
  write_record(record, child.attempt->state.file);
}

// How a child ended that had not told how its run went. With exit code 0, too, that was not the program.
std::string end_text(int status, const std::string& stage) {
  if (WIFSIGNALED(status))
    return fmt::format("the process ended by {} in stage '{}'{}", ::sigdescr_np(WTERMSIG(status)), stage,
                       WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "");
  return fmt::format(
      "the process ended with exit code {} in stage '{}' before the run was done: did a plugin call exit()?",
      WEXITSTATUS(status), stage);
}

// What was told counts, however the process ended afterwards: by then a plugin may have taken it down.
AttemptResult finish(Child& child, Board& board) {
  int status = 0;
  while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  ::close(child.fd);
  AttemptResult& result = child.result;
  const std::size_t job = child.attempt->index;
  if (!child.told) {
    result.code = caught ? exit_stopped : exit_failed;
    result.outcome.status = "failed";
    result.outcome.reason =
        caught ? fmt::format("ended at once in stage '{}'", child.stage) : end_text(status, child.stage);
    if (!caught) write_failure(child);
  } else if (result.outcome.status == "failed" && result.code != exit_diverged && result.code != exit_stopped &&
             !child.attempt->state.file.empty()) {
    write_failure(child);
  }
  if (result.code == exit_stopped)
    board.end(job, "stopped; the same command goes on from the checkpoint", false);
  else if (result.code == exit_ok)
    board.end(job,
              fmt::format("{}  {}", result.outcome.trained ? "done" : "was done already",
                          result.outcome.file.filename().string()),
              true);
  else
    board.end(job, "failed: " + result.outcome.reason, false);
  return result;
}

}  // namespace

std::string title_of(const Run& run) {
  std::string factors;
  for (const auto& [key, value] : run.factors) factors += " " + key + "=" + to_toml(value);
  return fmt::format("{} · {}{} · seed {}", run.dataset, run.method, factors, run.seed);
}

int stop_signal() { return caught; }

std::vector<AttemptResult> run_attempts(const std::vector<Attempt>& attempts, const std::vector<std::string>& command,
                                        std::size_t jobs) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
  Board board(attempts.size());
  std::vector<AttemptResult> results;
  std::map<pid_t, Child> running;
  std::size_t next = 0;
  int told = 0;
  while (next < attempts.size() || !running.empty()) {
    while (!caught && running.size() < jobs && next < attempts.size()) {
      Child child = start(attempts[next], command);
      board.begin(child.attempt->index, title_of(*child.attempt->run));
      running.emplace(child.pid, std::move(child));
      ++next;
    }
    if (caught && running.empty()) break;
    if (count > told) {  // first signal: ask; second: end
      if (told == 0 && !running.empty())
        board.message("stopping: each run writes a checkpoint at its next step; a second signal ends them at once");
      for (const auto& [pid, child] : running) ::kill(pid, told == 0 ? SIGTERM : SIGKILL);
      told = count;
    }
    std::vector<pollfd> ends;
    for (const auto& [pid, child] : running) ends.push_back({child.fd, POLLIN, 0});
    if (::poll(ends.data(), ends.size(), 500) <= 0) continue;
    std::size_t at = 0;
    for (auto it = running.begin(); it != running.end(); ++at) {
      if (ends[at].revents && !read_lines(it->second, board)) {
        results.push_back(finish(it->second, board));
        it = running.erase(it);
      } else {
        ++it;
      }
    }
  }
  return results;
}

}  // namespace autodidact
