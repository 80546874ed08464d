// A dataset in memory: standardised series and labels.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/value.hpp"

namespace autodidact {

struct Series {
  at::Tensor x;  // (N, C, L) float32, standardised
  at::Tensor y;  // (N) int64, or undefined where there are no labels
  std::int64_t size() const { return x.defined() ? x.size(0) : 0; }
};

struct Dataset {
  std::string name;
  Series train, validation, test;          // validation may be empty
  std::int64_t channels = 1, length = 0;
  std::optional<std::int64_t> n_classes;
  std::vector<std::string> class_names;    // raw labels in sorted order
  std::vector<double> mean, std;           // per channel, of train
  std::string digest;                      // sha256 of float32 values, labels and split sizes
  std::string source;                      // file or "generator cbf"
  std::vector<std::string> notes;          // handled oddities: NaN replaced, no card, counts that differ from the card
};

struct DatasetRequest {
  std::string name;
  Values options;                          // n_train, n_test, seed for generators
  std::vector<std::filesystem::path> roots;
  std::string split = "original";          // | stratified_80_20
  double validation = 0;                   // share of train
  std::uint64_t seed = 1;                  // of the split
  std::int64_t max_series = 0;             // keep the first so many of each split, classes in turn; 0: all
};

// Throws DataError naming file, line and column, found and expected.
Dataset load_dataset(const DatasetRequest& request);
// As load_dataset, but throws DatasetMissing if no file and no generator has the name.
class DatasetMissing;

// Reads one file of series to be encoded or scored (.tsv, .ts, .npy, .npz), unscaled: raw values and raw labels.
struct RawSeries {
  at::Tensor x;                            // (N, C, L) float64
  std::vector<std::string> labels;         // empty where there are none
};
RawSeries read_series(const std::filesystem::path& file);

}  // namespace autodidact
