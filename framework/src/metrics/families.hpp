// The families of measures, one file each. Every function adds its rows to the report and leaves out what the input
// does not hold.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "metrics/measure.hpp"
#include "metrics/report.hpp"

namespace autodidact {

// Real train, real test and generated: series (N, C, L), or features (N, D), row for row. Any but test may be
// undefined.
struct Sets {
  at::Tensor train, test, samples;
  Sets rows(const at::Tensor& train_rows, const at::Tensor& test_rows, const at::Tensor& sample_rows) const;
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
    at::Tensor train, test, samples;  // row indices
  };
  std::int64_t n = 0;
  std::vector<Draw> draws;
};
FloorRows floor_rows(const Sets& sets, std::uint64_t seed, std::int64_t draws);

// Adds one row a name: value of (reference, samples), floor of real train against real test at n_f, and the value at
// n_f, these two as means over the draws. Returns the floors; given back as `floors`, for a measure that is the same
// with its sets exchanged, they are not computed again.
std::vector<double> compare_sets(const std::vector<std::string>& names, const Sets& sets, const FloorRows& equal,
                                 const std::string& reference, const std::string& extractor,
                                 const Comparison& comparison, Report& report, const std::vector<double>& floors = {});

// What two extractors see of the sets; made once, used by several families.
struct Seen {
  Sets fcn, rocket;  // features; undefined where there is no extractor
  at::Tensor fcn_reconstruction;
  at::Tensor probabilities_test, probabilities_samples;
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

}  // namespace autodidact
