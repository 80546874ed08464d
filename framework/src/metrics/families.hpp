// The families of measures, one file each. Every function adds its rows to the report and leaves out what the input
// does not hold.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "metrics/interval.hpp"
#include "metrics/measure.hpp"
#include "metrics/report.hpp"

namespace autodidact {

// Real train, real test, generated, and generated from unigrams: series (N, C, L), or features (N, D), row for row. Any
// but test may be undefined.
struct Sets {
  at::Tensor train, test, samples, unigram = {};
  Sets rows(const at::Tensor& train_rows, const at::Tensor& test_rows, const at::Tensor& sample_rows,
            const at::Tensor& unigram_rows = {}) const;
};

// What one measure says of two sets.
struct Outcome {
  double value = kNone;
  std::string status = "ok", note;
};
using Comparison = std::function<std::vector<Outcome>(const at::Tensor& real, const at::Tensor& generated)>;

// Equal counts for the floor: n_f = min(n_train, n_test), and no more than there are samples. `draws` seeded subsets of
// each set; one where no set has more rows than that.
struct FloorRows {
  struct Draw {
    at::Tensor train, test, samples;     // row indices
    at::Tensor first_half, second_half;  // of test
  };
  std::int64_t n = 0;
  std::vector<Draw> draws, halves;
};
FloorRows floor_rows(const Sets& sets, std::uint64_t seed, std::int64_t draws);

// Values on subsets, one vector (names) a subset.
using SubsetValues = std::function<std::vector<std::vector<double>>(const at::Tensor& real, const at::Tensor& generated,
                                                                    const std::vector<Subset>& subsets)>;

// A measure that compares two sets, or several that are made together.
struct SetMeasure {
  std::vector<std::string> names;
  Comparison comparison;
  std::string reference = "test", extractor = {};
  // For the interval; empty: the comparison on every subset.
  SubsetValues on_subsets = {};
  bool interval = true;
  std::int64_t most_numbers = 1 << 18;  // of one side of a subset: bounds what an interval costs
};

// Adds one row a name: value of (reference, samples), its interval, the floors (real train against real test at n_f,
// halves of test) and the value at n_f, these as means over the draws, and the value of unigrams. Returns the floors,
// none if they were not wanted; given back as `floors`, for a measure that is the same with its sets exchanged, they
// are not computed again.
std::vector<double> compare_sets(const SetMeasure& measure, const Sets& sets, const FloorRows& equal, Report& report,
                                 const std::vector<double>& floors = {});

// Mean, standard deviation and 95 % t interval of repeats into a row.
void put_repeats(const std::vector<double>& values, Measurement& row);

// What the extractors see of the sets; made once, used by several families.
struct Seen {
  Sets fcn, rocket, minirocket;  // features; undefined where there is no extractor
  at::Tensor fcn_reconstruction, fcn_conditional;
  at::Tensor probabilities_test, probabilities_samples, probabilities_conditional, probabilities_unigram;
};

void measure_reconstruction(const MeasureInput& input, const Sets& series, Report& report);
void measure_codebook(const MeasureInput& input, Report& report);
void measure_probes(const MeasureInput& input, Report& report);
void measure_prior(const MeasureInput& input, Report& report);
void measure_frechet(const MeasureInput& input, const Seen& seen, const FloorRows& equal, Report& report);
void measure_inception(const MeasureInput& input, const Seen& seen, Report& report);
void measure_prdc(const MeasureInput& input, const Seen& seen, const FloorRows& equal, Report& report);
void measure_tsgbench(const Sets& series, const FloorRows& equal, Report& report);
void measure_correlation(const Sets& series, const FloorRows& equal, Report& report);
void measure_pooled(const Sets& series, const FloorRows& equal, Report& report);
void measure_discrepancy(const MeasureInput& input, const Sets& series, const Seen& seen, const FloorRows& equal,
                         Report& report);
void measure_memorisation(const MeasureInput& input, const Sets& series, const FloorRows& equal, Report& report);
void measure_conditional(const MeasureInput& input, const Seen& seen, Report& report);
void measure_tokens(const MeasureInput& input, Report& report);
void measure_classifiers(const MeasureInput& input, Report& report);
void measure_recurrent(const MeasureInput& input, Report& report);
void measure_ssl(const MeasureInput& input, Report& report);

}  // namespace autodidact
