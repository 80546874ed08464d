#include "protocol/claim.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>

#include "autodidact/plugin/error.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

bool abandoned(const fs::path& file) {
  std::string host;
  long pid = 0;
  std::ifstream(file) >> host >> pid;
  if (pid > 0 && host == host_name() && ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) return true;
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return false;  // just released
  return std::difftime(std::time(nullptr), info.st_mtime) > 3 * Claim::kBeat + 1;
}

}  // namespace

// Touches the file until told to stop.
struct Claim::Beat {
  explicit Beat(const fs::path& file)
      : thread([this, file] {
          std::unique_lock lock(mutex);
          while (!wake.wait_for(lock, std::chrono::duration<double>(kBeat), [this] { return done; }))
            ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);
        }) {}
  ~Beat() {
    {
      const std::lock_guard lock(mutex);
      done = true;
    }
    wake.notify_all();
    thread.join();
  }
  std::mutex mutex;
  std::condition_variable wake;
  bool done = false;
  std::thread thread;
};

std::optional<Claim> Claim::take(const fs::path& file) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const int fd = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (fd >= 0) {
      const std::string text = host_name() + " " + std::to_string(::getpid()) + "\n";
      const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
      ::close(fd);
      if (!written) {
        ::unlink(file.c_str());
        throw DataError(file.string() + ": cannot write the claim: " + std::strerror(errno));
      }
      return Claim(file);
    }
    if (errno != EEXIST) throw DataError(file.string() + ": cannot make the claim: " + std::strerror(errno));
    if (!abandoned(file)) return std::nullopt;
    ::unlink(file.c_str());
  }
  return std::nullopt;
}

Claim::Claim(fs::path file) : file_(std::move(file)), beat_(std::make_unique<Beat>(file_)) {}
Claim::Claim(Claim&& other) noexcept : file_(std::move(other.file_)), beat_(std::move(other.beat_)) {
  other.file_.clear();
}
Claim::~Claim() {
  if (file_.empty()) return;
  beat_.reset();
  ::unlink(file_.c_str());
}

}  // namespace autodidact
