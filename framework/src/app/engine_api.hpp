// What the program asks of the engine, the library that holds LibTorch. Opened on demand, so that help, lists and
// leaderboards start at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/run.hpp"
#include "host/catalog/check.hpp"
#include "protocol/options.hpp"
#include "protocol/progress.hpp"
#include "results/record.hpp"

namespace autodidact {

// Exit codes of the program.
enum Exit : int {
  exit_ok = 0,
  exit_failed = 1,  // a run failed, a check did not pass
  exit_usage = 2,   // command line or configuration
  exit_plugin = 3,  // a plugin was refused
  exit_data = 4,
  exit_diverged = 5,
  exit_stopped = 75,  // checkpointed; the same command goes on
};

// An error of the engine with the code the program ends with. Bad configurations and data arrive as ConfigError,
// DataError.
class EngineError : public std::runtime_error {
 public:
  EngineError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

struct GenerateRequest {
  std::filesystem::path record;
  Run run;  // from the record's own configuration
  std::int64_t n = 100;
  std::optional<std::string> label;  // --class: a raw label or a class index
  std::int64_t seed = 1;
  std::filesystem::path output;  // .npy or .h5; in the data's own units
};

struct EncodeRequest {
  std::filesystem::path record;
  Run run;
  std::filesystem::path data;    // .tsv, .ts, .npy, .npz
  std::filesystem::path output;  // .h5: tokens, features, labels
};

// Samples of any method.
struct ScoreRequest {
  std::filesystem::path samples, labels;  // labels may be empty
  std::string layout;                     // NCL | NLC | ""
  bool scaled = false, any_scale = false;
  Run run;                       // of what measures need: method, dataset, seed, evaluation
  std::filesystem::path output;  // .h5; empty: options.out/<run id>.h5
  RunOptions options;
};

struct DatasetQuery {
  std::string name;
  Values options;
  std::vector<std::filesystem::path> roots, card_dirs;
};

struct AugmentationQuery {
  DatasetQuery dataset;
  std::vector<AugmentationStep> steps;
  std::int64_t n = 6, seed = 1;
};

struct CheckRequest {
  PluginInfo plugin;
  CheckOptions options;
  std::vector<std::filesystem::path> golden;  // files
};

struct GoldenRequest {
  std::filesystem::path folder;
  std::vector<PluginInfo> plugins;
};

struct Engine {
  RunOutcome (*execute)(const Run&, const RunOptions&, const Progress&);
  std::vector<RunState> (*look)(const std::vector<Run>&, const RunOptions&);
  Estimate (*estimate)(const std::vector<Run>&, const RunOptions&, const Progress&);
  RunOutcome (*score)(const std::filesystem::path&, const Run&, const RunOptions&, const Progress&);
  RunOutcome (*score_samples)(const ScoreRequest&, const Progress&);
  RunOutcome (*score_samples_again)(const std::filesystem::path&, const Run&, const RunOptions&, const Progress&);
  Table (*corruption_study)(const std::vector<Run>&, const RunOptions&, const Progress&);
  void (*generate)(const GenerateRequest&, const Progress&);
  void (*encode)(const EncodeRequest&, const Progress&);
  // In this process, which a bad plugin may end or hold up: start it in a child.
  void (*check)(const CheckRequest&, const CheckEvents&);
  // JSON texts, printed or laid out by the program.
  std::string (*dataset)(const DatasetQuery&);
  std::string (*measures)();
  std::string (*augmentation)(const AugmentationQuery&);
  std::string (*golden)(const GoldenRequest&, const Progress&);
};

inline constexpr const char* kEngineSymbol = "autodidact_engine";

}  // namespace autodidact
