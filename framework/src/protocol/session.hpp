// What every stage of one run has at hand.
#pragma once

#include <cstdint>
#include <string>

#include "config/run.hpp"
#include "data/dataset.hpp"
#include "protocol/progress.hpp"
#include "protocol/stage_store.hpp"

namespace autodidact {

struct Session {
  const Run& run;
  const Dataset& data;
  StageStore& store;
  const Progress& progress;
  double checkpoint_seconds = 60;
  std::string version = "unknown";  // of the program
};

// How many samples a run draws, or a file holds.
struct SampleCounts {
  std::int64_t unconditional = 0, conditional = 0;
};

// Threads, allocator and numeric modes of this process as the run wants them. Once, before any tensor is made.
void prepare_process(const Run& run);
// Largest resident size of this process so far, bytes.
std::int64_t peak_memory();

class Stopwatch {
 public:
  Stopwatch();
  double seconds() const;

 private:
  double start_;
};

}  // namespace autodidact
