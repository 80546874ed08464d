#include "host/conformance/surroundings.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/DefaultDtype.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cfenv>
#include <clocale>
#include <exception>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

extern char** environ;

namespace autodidact {

namespace fs = std::filesystem;

namespace {

std::map<int, std::string> open_files() {
  std::map<int, std::string> files;
  std::error_code ec;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd", ec)) {
    const fs::path leads_to = fs::read_symlink(entry.path(), ec);
    if (!ec && leads_to.string().find("/fd") == std::string::npos)  // not the folder that is being read
      files[std::stoi(entry.path().filename().string())] = leads_to.string();
  }
  return files;
}

std::string handler_of(int signal) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return std::to_string(reinterpret_cast<std::uintptr_t>(action.sa_handler));
}

std::string environment() {
  std::string all;
  for (char** entry = environ; entry && *entry; ++entry) all += std::string(*entry) + "\n";
  return all;
}

std::string umask_text() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return std::to_string(mask);
}

std::map<std::string, std::string> settings() {
  const at::Context& torch = at::globalContext();
  std::map<std::string, std::string> all = {
      {"threads of LibTorch", std::to_string(at::get_num_threads())},
      {"gradient mode", std::to_string(c10::GradMode::is_enabled())},
      {"default type", c10::toString(c10::get_default_dtype_as_scalartype())},
      {"deterministic algorithms", std::to_string(torch.deterministicAlgorithms())},
      {"warnings", std::to_string(reinterpret_cast<std::uintptr_t>(c10::WarningUtils::get_warning_handler()))},
      {"rounding", std::to_string(std::fegetround())},
      {"locale", std::setlocale(LC_ALL, nullptr)},
      {"working folder", fs::current_path().string()},
      {"file mode mask", umask_text()},
      {"environment", environment()},
      {"terminate handler", std::to_string(reinterpret_cast<std::uintptr_t>(std::get_terminate()))},
  };
  for (const int signal : {SIGINT, SIGTERM, SIGABRT, SIGSEGV, SIGFPE, SIGPIPE, SIGALRM, SIGUSR1, SIGCHLD})
    all["handler of SIG" + std::string(::sigabbrev_np(signal))] = handler_of(signal);
#if defined(__x86_64__)
  constexpr unsigned kControl = 0xffc0;  // without the flags that any operation may raise
  all["floating-point control"] = std::to_string(_mm_getcsr() & kControl);
#endif
  return all;
}

}  // namespace

Surroundings look_around() {
  Surroundings now;
  std::error_code ec;
  for (auto it = fs::directory_iterator("/proc/self/task", ec); it != fs::directory_iterator(); ++it) ++now.threads;
  now.files = open_files();
  now.settings = settings();
  return now;
}

std::string threads_difference(const Surroundings& before, const Surroundings& after) {
  if (after.threads <= before.threads) return "";
  return std::to_string(after.threads - before.threads) + " more threads than before";
}

std::string files_difference(const Surroundings& before, const Surroundings& after) {
  for (const auto& [fd, name] : after.files) {
    const auto known = before.files.find(fd);
    if (known == before.files.end()) return "'" + name + "' is open still";
    if (known->second != name) return "descriptor " + std::to_string(fd) + " leads to '" + name + "' now";
  }
  for (const auto& [fd, name] : before.files)
    if (!after.files.count(fd)) return "'" + name + "', which is the host's, was closed";
  return "";
}

std::string settings_difference(const Surroundings& before, const Surroundings& after) {
  for (const auto& [name, value] : before.settings) {
    const std::string& now = after.settings.at(name);
    if (now == value) continue;
    if (now.size() + value.size() > 80) return name + " changed";
    return name + ": " + value + ", then " + now;
  }
  return "";
}

std::string contents_of(const fs::path& folder) {
  std::string names;
  std::error_code ec;
  for (auto it = fs::recursive_directory_iterator(folder, ec); it != fs::recursive_directory_iterator(); ++it)
    names += (names.empty() ? "" : ", ") + it->path().lexically_relative(folder).string();
  return names;
}

std::size_t heap_in_use() {
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

}  // namespace autodidact
