#include "app/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace autodidact {

namespace {

using Clock = std::chrono::steady_clock;
bool quiet_talk = false;  // of the process's own command line; set once before anything is said

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// A terminal that understands escape codes.
bool is_screen(int fd) {
  const char* term = std::getenv("TERM");
  return ::isatty(fd) && !(term && std::strcmp(term, "dumb") == 0);
}

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 120;
}

std::string clipped(const std::string& text, std::size_t width) {
  std::size_t shown = 0, at = 0;
  while (at < text.size()) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && ++shown > width) break;
    ++at;
  }
  return text.substr(0, at);
}

}  // namespace

void set_quiet(bool quiet) { quiet_talk = quiet; }

bool colours(int fd) {
  const char* no = std::getenv("NO_COLOR");
  return is_screen(fd) && !(no && *no);
}

std::size_t output_width() {
  winsize size{};
  const bool known = is_screen(STDOUT_FILENO) && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20;
  return known ? size.ws_col : std::string::npos;
}

void say(LogLevel level, const std::string& text) {
  if (level == LogLevel::debug || (quiet_talk && level == LogLevel::info)) return;
  const char* mark =
      level == LogLevel::warning ? (colours(STDERR_FILENO) ? "\033[33mwarning:\033[0m " : "warning: ") : "";
  std::fflush(stdout);  // where both go to one file, talk must not stand inside a line of data
  fmt::print(stderr, "{}{}\n", mark, text);
}

void set_status(const std::string& text) {
  if (quiet_talk || !is_screen(STDERR_FILENO)) return;
  std::fflush(stdout);
  fmt::print(stderr, "\r\033[K{}", clipped(text, terminal_width() - 1));
  std::fflush(stderr);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

Board::Board(std::size_t total_runs) : total_(total_runs), terminal_(is_screen(STDERR_FILENO) && !quiet_talk) {}
Board::~Board() { erase(); }

std::string Board::describe(const Line& line) const {
  std::string text = fmt::format("{}  {}", line.title, line.stage);
  if (line.total == 0) return text;
  const double seconds = since(line.since);
  const double rate = seconds > 0 ? static_cast<double>(line.done - line.first) / seconds : 0;
  text += fmt::format("  {}/{} {}", line.done, line.total, line.unit);
  if (rate > 0)
    text += fmt::format("  {:.3g}/s  {} left", rate, duration(static_cast<double>(line.total - line.done) / rate));
  if (std::isfinite(line.loss)) text += fmt::format("  loss {:.4g}", line.loss);
  return text;
}

void Board::erase() {
  if (drawn_ > 0) fmt::print(stderr, "\033[{}A\033[J", drawn_);
  drawn_ = 0;
}

void Board::draw(bool force) {
  if (!terminal_ || (!force && since(last_draw_) < 0.1)) return;
  last_draw_ = Clock::now();
  const std::size_t width = terminal_width() - 1;
  std::string text = clipped(fmt::format("{} of {} runs finished", finished_, total_), width) + "\n";
  for (const auto& [job, line] : lines_) text += clipped("  " + describe(line), width) + "\n";
  erase();
  fmt::print(stderr, "{}", text);
  std::fflush(stderr);
  drawn_ = lines_.size() + 1;
}

void Board::message(const std::string& text) {
  if (quiet_talk) return;
  erase();
  fmt::print(stderr, "{}\n", text);
  draw(true);
}

void Board::begin(std::size_t job, const std::string& title) {
  Line& line = lines_[job] = {};
  line.title = title;
  line.since = line.told = Clock::now();
  if (!terminal_) message(fmt::format("{}  started", title));
  draw(true);
}

void Board::stage(std::size_t job, const std::string& stage, const std::string& event, const std::string& detail) {
  Line& line = lines_[job];
  line.stage = event == "started" || event == "resumed" ? stage : stage + " " + event;
  line.done = line.total = line.first = 0;
  line.since = line.told = Clock::now();
  if (!terminal_ || event == "failed" || event == "resumed")
    message(fmt::format("{}  {} {}{}", line.title, stage, event, detail.empty() ? "" : ": " + detail));
  draw(true);
}

void Board::step(std::size_t job, std::int64_t done, std::int64_t total, const std::string& unit, double loss) {
  Line& line = lines_[job];
  if (line.total != total || done < line.done) {
    line.first = done;
    line.since = Clock::now();
  }
  line.done = done;
  line.total = total;
  line.unit = unit;
  line.loss = loss;
  if (!terminal_ && since(line.told) > 30) {
    line.told = Clock::now();
    message(describe(line));
  }
  draw(false);
}

void Board::end(std::size_t job, const std::string& outcome, bool ok) {
  const std::string title = lines_[job].title;
  lines_.erase(job);
  ++finished_;
  const bool colour = colours(STDERR_FILENO);
  message(
      fmt::format("{}{}{}  {}", colour ? (ok ? "\033[32m" : "\033[31m") : "", title, colour ? "\033[0m" : "", outcome));
}

}  // namespace autodidact
