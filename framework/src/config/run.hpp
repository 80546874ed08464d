// A Run: everything that decides the numbers of one run, resolved, validated and flat. The only thing that
// later stages see of the configuration.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/plugin_info.hpp"
#include "config/value.hpp"

namespace autodidact {

// Length is `epochs`, or `steps` where steps > 0.
struct TrainSettings {
  std::int64_t epochs = 0;
  std::int64_t steps = 0;
  std::int64_t batch = 128;
  double lr = 1e-3;
  double weight_decay = 1e-3;
  double warmup = 0;    // share of all steps with linearly rising rate
  double lr_floor = 0;  // the cosine ends here, as a share of lr
};

struct PluginChoice {
  PluginInfo info;
  Values params;                                  // every declared parameter, resolved; a `file` holds its bytes
  std::vector<std::string> file_params;           // names of `file` parameters: their digests stand in keys and records
  std::map<std::string, std::string> file_paths;  // of each, the path as it was written
  Values train_params() const;                    // phase train only
  Values sample_params() const;                   // phase sample only
};

struct SslSettings {
  double weight = 0;  // w; defaults to the descriptor's default_weight
  double rho = 0.2;
  std::string pairing = "quantised_continuous";  // | "continuous" | "quantised"
  std::int64_t views = 1;                        // 1 or 2 augmented views
  std::string pool = "avgmax";                   // | "avg" | "max" | "none"
};

// One step of an augmentation set: a kind ("window_warp") and its numbers.
struct AugmentationStep {
  std::string kind;
  Values params;
};

struct Evaluation {
  std::string measures = "core";   // key `evaluation`: core | extended | all | names with commas between
  std::int64_t block = 256;        // series a call in sampling and encoding; part of stage keys
  std::int64_t unconditional = 0;  // 0: max(n_test, 1024)
  std::int64_t conditional = 0;    // 0: training counts scaled to at least 1000
  std::int64_t fcn_epochs = 1000;  // fcn-1: at most this many epochs,
  double fcn_tflop = 10;           // and at most this work (3 x forward, counted from shapes)
  std::int64_t fcn_steps = 0;      // > 0: exactly this many steps (smoke)
  std::int64_t repeats = 5;
  std::int64_t cas_steps = 5000;  // of each classifier of the accuracy score
  std::int64_t cas_repeats = 5;   // classifiers; 0: no accuracy score
  std::int64_t rnn_steps = 2000;  // of each recurrent network
  double dtw_window = 0;          // share of the length that warping may reach; 0: all of it
};

struct Run {
  std::string suite;
  std::int64_t suite_version = 1;
  std::string profile, budget;
  std::string method;  // the row's name
  Values factors;      // of [grid], for the table
  std::string dataset;
  Values dataset_options;
  std::int64_t max_series = 0;  // budget smoke: at most 64 of each split; 0: all
  std::int64_t seed = 1;
  std::int64_t threads = 1;
  std::string precision = "fp32";  // fp32 | bf16 | auto
  std::string device = "cpu";
  PluginChoice tokenizer, objective, prior;
  TrainSettings train_tokenizer, train_prior;
  double tau = 0;            // train.prior.tau
  std::string augmentation;  // "" = none
  std::vector<AugmentationStep> augmentation_steps;
  SslSettings ssl;
  std::string split = "original";  // | "stratified_80_20"
  double validation = 0;
  std::int64_t trials = 0;  // tuning trials behind this row
  Evaluation evaluation;
  std::int64_t order = 0;  // place in its plan: how tables order rows; decides no number

  bool two_branch() const { return !augmentation.empty(); }
  // Every key with its value ("tokenizer.vqvae.K", "train.prior.lr", "ssl.rho", ...), as in the record's config/.
  Values flat() const;
  std::string to_toml() const;  // the same as one TOML text that `run` accepts again
};

// Where configurations and plugins come from.
struct Sources {
  std::vector<std::string> suite_dirs;  // folders with <name>.toml
  std::vector<std::string> profile_dirs;
  std::vector<PluginInfo> plugins;          // of the catalog
  std::vector<std::string> known_datasets;  // for suggestions only
};

struct Plan {
  std::string suite;
  std::string file;
  std::vector<Run> runs;                // dataset-major, then method, factors, seed
  std::vector<std::string> notes;       // e.g. a grid factor that does not apply to a method
  std::vector<std::string> data_roots;  // [suite] data = ["..."], relative to the file
};

// Thrown with all errors of a configuration at once, one a line: file:line: key: found, expected, fix.
class ConfigErrors : public std::runtime_error {
 public:
  explicit ConfigErrors(std::vector<std::string> lines);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

// suite: a name found in suite_dirs or a path to a TOML file. overrides: "key=value" from the command line
// ("seeds=[1]", "budget=smoke", "tokenizer.K=64", "train.prior.lr=1e-4"), applied to all methods.
Plan load_plan(const std::string& suite, const std::vector<std::string>& overrides, const Sources& sources);
// The parameters of one plugin from its defaults and given TOML texts; for `plugin check`.
Values resolve_params(const PluginInfo& info, const std::vector<std::pair<std::string, std::string>>& given);

}  // namespace autodidact
