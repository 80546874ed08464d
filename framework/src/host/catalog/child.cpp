#include "host/catalog/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "autodidact/plugin/error.hpp"

extern char** environ;

namespace autodidact {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMaxOutput = 4 << 20;

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw ConfigError(std::string("no pipe for a child process: ") + std::strerror(errno));
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(int which) {
    if (ends[which] >= 0) ::close(ends[which]);
    ends[which] = -1;
  }
};

pid_t start(const std::filesystem::path& program, const std::vector<std::string>& arguments, Pipe& out, Pipe& err) {
  std::vector<char*> argv;
  std::string name = program.string();
  argv.push_back(name.data());
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  pid_t pid = 0;
  const int fault = ::posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (fault != 0) throw ConfigError(program.string() + " cannot be started: " + std::strerror(fault));
  return pid;
}

// Reads what is there; false at the end.
bool drain(int fd, std::string& text) {
  char part[16384];
  const ssize_t n = ::read(fd, part, sizeof part);
  if (n > 0 && text.size() < kMaxOutput) text.append(part, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

// Until both pipes are closed by the other side, or time is up.
void collect(Pipe& out, Pipe& err, Clock::time_point end, ChildResult& result) {
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return;
    pollfd waiting[2] = {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}};
    if (::poll(waiting, 2, static_cast<int>(left)) < 0 && errno != EINTR) return;
    if (waiting[0].revents && !drain(out.ends[0], result.out)) out.close_end(0);
    if (waiting[1].revents && !drain(err.ends[0], result.err)) err.close_end(0);
  }
}

bool reap(pid_t pid, int flags, ChildResult& result) {
  int status = 0;
  pid_t got;
  do got = ::waitpid(pid, &status, flags);
  while (got < 0 && errno == EINTR);
  if (got == 0) return false;
  if (got > 0 && WIFSIGNALED(status)) {
    result.end = ChildResult::End::signalled;
    result.code = WTERMSIG(status);
  } else {
    result.code = got > 0 ? WEXITSTATUS(status) : -1;
  }
  return true;
}

}  // namespace

ChildResult run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments, double seconds) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  Pipe out, err;
  ChildResult result;
  const pid_t pid = start(program, arguments, out, err);
  out.close_end(1);
  err.close_end(1);
  collect(out, err, end, result);
  // A child may close its output and stay.
  bool ended = reap(pid, WNOHANG, result);
  while (!ended && Clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ended = reap(pid, WNOHANG, result);
  }
  ::kill(-pid, SIGKILL);  // also what the child has started itself
  if (!ended) {
    reap(pid, 0, result);
    result.end = ChildResult::End::timed_out;
  }
  return result;
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace autodidact
