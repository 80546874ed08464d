// All measures of one run: a pure function of what a record holds and of two feature extractors.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "autodidact/plugin/golden.hpp"

namespace autodidact {

struct Measurement {
  std::string name;  // "fid_fcn", "svm/quantised/avg", "nll_masked/0.50"
  std::int64_t version = 1;
  double value = 0;  // NaN where status is undefined
  double std = 0;    // over repeats; 0 if deterministic
  std::int64_t repeats = 1;
  double low = 0, high = 0;  // 95 % interval, NaN if none
  std::string unit;
  std::string direction;      // "lower" | "higher" | "none"
  double floor = 0;           // real train against real test at n_f each; NaN if there is none
  double value_at_floor = 0;  // the model's value recomputed at n_f, for the comparison with the floor
  std::int64_t n_real = 0, n_gen = 0, n_floor = 0;
  double floor_halves = 0;  // the two halves of real test against each other; NaN if there is none
  double unigram = 0;       // of series whose tokens are drawn by their position alone; NaN if there is none
  std::string reference;    // "test" | "train"
  std::string extractor;    // digest of the feature extractor, or ""
  std::uint64_t seed = 0;
  std::string status = "ok";  // ok | undefined | degraded
  std::string note;
};

// A row of the table of measures: what `list measures` prints.
struct MeasureInfo {
  std::string name, summary, unit, direction, family, needs;
  std::string rank_class;  // core | extended | diagnostic
  std::string floor;       // what the value stands beside
  std::string source;      // the paper it is from
  std::int64_t version = 1;
  bool trained =
      false;  // trains networks of its own, minutes rather than seconds: only where asked for by name or "all"
};
const std::vector<MeasureInfo>& measure_table();

// Which measures are wanted: "core" (with the diagnostics, which cost nothing), "extended" (and those of class extended
// that train nothing), "all", or names with commas between ("fid_fcn, knn/*"). What is core by class stands in the
// budget of training, not here: the accuracy score of classifiers is core and has its own keys.
class Selection {
 public:
  Selection() : Selection("core") {}
  explicit Selection(const std::string& text);  // throws ConfigError naming what is no measure
  bool wants(const std::string& name) const;    // of a measurement: "nll_masked/0.50"
  bool wants_any(const std::vector<std::string>& names) const;

 private:
  std::string level_;               // "" for a list
  std::vector<std::string> names_;  // of rows of the table
};

// Accuracies of classifiers of one recipe, one a seed: what the accuracy score is made of.
struct ClassifierScores {
  std::vector<double> tstr, tstr_balanced;  // trained on samples, tested on real test
  std::vector<double> trtr, trtr_balanced;  // trained on real train, tested on real test
  std::vector<double> trts;                 // trained on real train, tested on samples
  std::int64_t steps = 0, recipe_steps = 0;
  double seconds = 0;     // of training on samples
  std::string undefined;  // why there is none, or ""
};

// Of recurrent networks, one a seed; the floor is real train in place of the samples.
struct RecurrentScores {
  std::vector<double> discriminative, discriminative_floor, predictive, predictive_floor;
  std::int64_t n = 0;  // series of each set
  std::int64_t steps = 0, recipe_steps = 0;
  std::map<std::string, double> seconds;  // of training, by kind of network
};

// Features (N, D) and class probabilities (N, K) of an extractor, in blocks, float64.
struct Extractor {
  std::string digest;
  std::function<at::Tensor(const at::Tensor& x)> features;
  std::function<at::Tensor(const at::Tensor& x)> probabilities;  // empty where it is no classifier
  // (N, D) -> (N, K): the same from features already made, which spares the second pass; may be empty
  std::function<at::Tensor(const at::Tensor& features)> probabilities_of = {};
};

struct MeasureInput {
  at::Tensor train_x, train_y, test_x, test_y;  // standardised (N, C, L) float32; y undefined without labels
  std::optional<std::int64_t> n_classes;
  at::Tensor tokens_train, tokens_test;  // (N, T) int64
  struct StreamTokens {
    std::string name;
    std::int64_t first, count, vocabulary;
    at::Tensor codebook;
  };
  std::vector<StreamTokens> streams;  // codebook undefined where there is none
  // "quantised/avg", "quantised/avgmax", "continuous/avg", "continuous/avgmax" -> (N, F)
  std::map<std::string, at::Tensor> features_train, features_test;
  at::Tensor reconstruction;           // of test, (N, C, L)
  double dtw_window = 0;               // share of L that warping may reach; 0: all
  std::int64_t crop = 0;               // samples at the end left out of both sides (legacy_crop)
  at::Tensor samples;                  // unconditional (M, C, L)
  at::Tensor samples_tokens;           // (M, T) int64, or undefined
  at::Tensor unigram, unigram_tokens;  // decoded from unigram_tokens(), (M, C, L) and (M, T), or undefined
  at::Tensor conditional_x, conditional_y;
  // Of the prior on test tokens, per mask ratio: (rows) log-prob of the true token, and whether it was the most likely.
  struct MaskedScore {
    double ratio;
    std::string stream;
    at::Tensor log_prob, hit;
  };
  std::vector<MaskedScore> masked;
  at::Tensor nll_exact;          // (N) nats per series, or undefined
  std::optional<Extractor> fcn;  // trained on this dataset
  double fcn_test_accuracy = 0;
  Extractor rocket;
  Extractor minirocket;  // made only where it is wanted
  std::optional<ClassifierScores> cas;
  std::optional<RecurrentScores> recurrent;
  std::map<std::string, double> ssl;  // of the last epoch of training: "effective_rank", ...
  std::uint64_t seed = 0;
  std::int64_t repeats = 5;  // seeded subsets behind a floor and the value at it
  Selection wanted;
  bool values_only = false;  // neither floors nor intervals
};

// (n, T): each token from a training series drawn for it alone, at its own position. What a prior can do that knows how
// often each code stands at each place and nothing else: the value every learnt prior should leave behind.
at::Tensor unigram_tokens(const at::Tensor& tokens_train, std::int64_t n, std::uint64_t seed);

// Throws DataError on shapes that do not fit and on values that are not finite, naming the first (sample, channel,
// time). What the input does not hold (labels, samples, a prior's scores) is left out.
std::vector<Measurement> measure(const MeasureInput& input);
void check_input(const MeasureInput& input);  // the same errors alone, before anything is trained on the samples

// What the host's measures claim of the golden files.
std::span<const GoldenEntry> host_golden();

}  // namespace autodidact
