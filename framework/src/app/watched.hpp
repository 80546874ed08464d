// A verb that computes in this process, shown as one job.
#pragma once

#include <string>

#include "app/console.hpp"
#include "protocol/progress.hpp"

namespace autodidact {

class Watched {
 public:
  explicit Watched(const std::string& title) : board_(1) {
    board_.begin(0, title);
    progress_.step = [this](std::int64_t done, std::int64_t total, const std::string& unit, double loss) {
      board_.step(0, done, total, unit, loss);
    };
    progress_.stage = [this](const std::string& stage, StageEvent event, const std::string& detail) {
      const bool begins = event != StageEvent::cached && event != StageEvent::finished;
      board_.stage(0, stage, begins ? "started" : event == StageEvent::cached ? "cached" : "finished", detail);
    };
    progress_.log = [this](LogLevel, const std::string& text) { board_.message(text); };
  }
  const Progress& progress() const { return progress_; }
  void stop_by(const std::atomic<bool>* stop) { progress_.stop = stop; }
  void done(const std::string& outcome) { board_.end(0, outcome, true); }

 private:
  Board board_;
  Progress progress_;
};

}  // namespace autodidact
