#include "app/check_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "app/check_json.hpp"
#include "host/catalog/child.hpp"

extern char** environ;

namespace autodidact {

namespace {

struct File {
  int fd = -1;
  explicit File(int opened) : fd(opened) {
    if (fd < 0) throw EngineError(exit_failed, std::string("checks in a child process: ") + std::strerror(errno));
  }
  ~File() { ::close(fd); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

void write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n <= 0) throw EngineError(exit_failed, std::string("checks in a child process: ") + std::strerror(errno));
    done += static_cast<std::size_t>(n);
  }
  ::lseek(fd, 0, SEEK_SET);
}

std::vector<std::string> environment_with(const std::string& name, const std::string& value) {
  std::vector<std::string> all;
  for (char** entry = environ; entry && *entry; ++entry)
    if (std::string(*entry).rfind(name + "=", 0) != 0) all.emplace_back(*entry);
  all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Standard input is the request, output and error are `talk`, 3 is `report`.
pid_t spawn(const std::filesystem::path& program, int request, int talk, int report, const std::string& scratch) {
  std::vector<std::string> words = {program.string(), "__check"}, variables = environment_with("TMPDIR", scratch);
  const auto arguments = pointers_to(words), environment = pointers_to(variables);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, request, 0);
  ::posix_spawn_file_actions_adddup2(&actions, talk, 1);
  ::posix_spawn_file_actions_adddup2(&actions, talk, 2);
  ::posix_spawn_file_actions_adddup2(&actions, report, 3);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  pid_t pid = 0;
  const int fault = ::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (fault != 0)
    throw EngineError(exit_failed, fmt::format("{} cannot be started: {}", program.string(), std::strerror(fault)));
  return pid;
}

// Above 3, so that setting up the child's descriptors overwrites none of them.
int high(int fd) {
  const int moved = fd < 0 ? fd : ::fcntl(fd, F_DUPFD_CLOEXEC, 10);
  if (fd >= 0) ::close(fd);
  return moved;
}

}  // namespace

CheckChild::CheckChild(const std::filesystem::path& program, const CheckRequest& request,
                       const std::filesystem::path& scratch) {
  const File asked(high(::memfd_create("request", MFD_CLOEXEC)));
  write_all(asked.fd, to_json_value(request).dump());
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) throw EngineError(exit_failed, std::string("pipe: ") + std::strerror(errno));
  report_ = high(ends[0]);
  const File theirs(high(ends[1]));
  talk_ = high(::memfd_create("talk", MFD_CLOEXEC));
  pid_ = spawn(program, asked.fd, talk_, theirs.fd, scratch.string());
}

CheckChild::~CheckChild() {
  kill();
  if (report_ >= 0) ::close(report_);
  if (talk_ >= 0) ::close(talk_);
}

bool CheckChild::read(const std::function<void(const nlohmann::json&)>& take) {
  pollfd waiting{report_, POLLIN, 0};
  if (::poll(&waiting, 1, 50) <= 0) return true;
  char bytes[8192];
  const ssize_t n = ::read(report_, bytes, sizeof bytes);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (n == 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(n));
  for (std::size_t end; (end = buffer_.find('\n')) != std::string::npos;) {
    const auto line = nlohmann::json::parse(buffer_.substr(0, end), nullptr, /*allow_exceptions=*/false);
    buffer_.erase(0, end + 1);
    if (line.is_object()) take(line);
  }
  return true;
}

std::int64_t CheckChild::resident() const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/statm");
  std::int64_t mapped = 0, pages = 0;
  in >> mapped >> pages;
  return in ? pages * ::sysconf(_SC_PAGESIZE) : 0;
}

double CheckChild::waited() const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/schedstat");
  double run = 0, wait = 0;  // nanoseconds
  in >> run >> wait;
  return in ? 1e-9 * wait : 0;
}

void CheckChild::kill() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);  // also what the child has started itself
  reap();
}

std::string CheckChild::reap() {
  if (reaped_ || pid_ <= 0) return end_;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (WIFSIGNALED(status)) {
    const char* words = ::sigdescr_np(WTERMSIG(status));
    end_ = fmt::format("ended the process by {} ({})", signal_name(WTERMSIG(status)), words ? words : "?");
  } else if (WEXITSTATUS(status) != 0) {
    end_ = fmt::format("ended the process with exit code {}", WEXITSTATUS(status));
  }
  return end_;
}

std::string CheckChild::last_words() const {
  struct stat now {};
  if (::fstat(talk_, &now) != 0 || now.st_size == 0) return "";
  constexpr std::int64_t kMost = 300;
  std::string text(static_cast<std::size_t>(std::min<std::int64_t>(now.st_size, kMost)), '\0');
  const ssize_t n = ::pread(talk_, text.data(), text.size(), now.st_size - static_cast<std::int64_t>(text.size()));
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  text.erase(0, text.find_last_of('\n') + 1);
  return text.empty() ? "" : ": '" + text + "'";
}

}  // namespace autodidact
