// What the program asks of the protocol and what it gets back. Free of LibTorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace autodidact {

struct RunOptions {
  std::filesystem::path out;  // records OUT/<run id>.h5, stages OUT/stages
  std::vector<std::filesystem::path> data_roots;
  std::vector<std::filesystem::path> card_dirs;
  bool reuse_versions = false;  // --reuse=version
  double checkpoint_seconds = 60;
  std::string version = "unknown";  // of the program, for the record
};

struct RunOutcome {
  std::filesystem::path file;
  bool trained = false;       // some stage was computed
  std::string status = "ok";  // ok | failed
  std::string reason = {};
};

// How far a run is, without doing anything.
struct RunState {
  std::string id;
  std::filesystem::path file;
  bool done = false;                 // the record is there and whole, made by these very plugins and this engine
  std::vector<std::string> missing;  // stages that would be computed, as far as it can be told
  std::string error;                 // the dataset is missing or unreadable: the cell will be shown as missing
};

// What a plan still has to do, and how long that takes on this machine with the threads of a run.
struct StageEstimate {
  std::string stage;
  std::int64_t count = 0;  // different ones that are not stored yet
  double seconds = 0;      // all of them, one after the other
};
struct Estimate {
  std::vector<StageEstimate> stages;  // in the order of the protocol
  std::vector<std::string> notes;     // what is counted by a card, what could not be rehearsed
};

}  // namespace autodidact
