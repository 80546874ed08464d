// Talk on stderr: messages, and the progress of several runs at once. Data go to stdout.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "autodidact/plugin/log.hpp"

namespace autodidact {

void set_quiet(bool quiet);
void say(LogLevel level, const std::string& text);
bool colours(int fd);        // a terminal that can, and NO_COLOR is not set
std::size_t output_width();  // columns of stdout; no limit (npos) where it is no terminal

// One line on a terminal, redrawn by the next; "" takes it away. Nothing elsewhere.
void set_status(const std::string& text);

std::string duration(double seconds);  // "2:05", "1:02:05"

// On a terminal: one line a running job, redrawn, with rate and time left. Elsewhere: a line when a stage begins or
// ends, and one every half minute in between.
class Board {
 public:
  explicit Board(std::size_t total_runs);
  ~Board();

  void begin(std::size_t job, const std::string& title);
  void stage(std::size_t job, const std::string& stage, const std::string& event, const std::string& detail);
  void step(std::size_t job, std::int64_t done, std::int64_t total, const std::string& unit, double loss);
  void end(std::size_t job, const std::string& outcome, bool ok);
  void message(const std::string& text);

 private:
  struct Line {
    std::string title, stage, unit;
    std::int64_t done = 0, total = 0, first = 0;
    double loss = 0;
    std::chrono::steady_clock::time_point since, told;
  };
  std::string describe(const Line& line) const;
  void draw(bool force);
  void erase();

  std::size_t total_, finished_ = 0;
  bool terminal_;
  std::map<std::size_t, Line> lines_;
  std::size_t drawn_ = 0;
  std::chrono::steady_clock::time_point last_draw_;
};

}  // namespace autodidact
