// What a running stage tells the outside, and how the outside stops it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "autodidact/plugin/log.hpp"

namespace autodidact {

enum class StageEvent { cached, waiting, started, resumed, finished, failed };

struct Progress {
  // A stage changed its state; `detail` is a reason, a path or empty.
  std::function<void(const std::string& stage, StageEvent event, const std::string& detail)> stage;
  // done of total units of the running stage ("step", "series", "measure"), with its present loss (NaN if none).
  std::function<void(std::int64_t done, std::int64_t total, const std::string& unit, double loss)> step;
  std::function<void(LogLevel, const std::string&)> log;
  const std::atomic<bool>* stop = nullptr;

  void say(const std::string& name, StageEvent event, const std::string& detail = "") const {
    if (stage) stage(name, event, detail);
  }
  void at(std::int64_t done, std::int64_t total, const std::string& unit, double loss) const {
    if (step) step(done, total, unit, loss);
  }
  bool stopped() const { return stop && stop->load(std::memory_order_relaxed); }
};

// The user asked to stop; what was done is in a checkpoint.
class Stopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace autodidact
