// A dataset in memory: standardised series and labels.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/dataset_files.hpp"  // DatasetMissing
#include "config/value.hpp"

namespace autodidact {

struct Series {
  at::Tensor x;  // (N, C, L) float32, standardised
  at::Tensor y;  // (N) int64, or undefined where there are no labels
  std::int64_t size() const { return x.defined() ? x.size(0) : 0; }
};

struct Dataset {
  std::string name;
  Series train, validation, test;  // validation may be empty
  std::int64_t channels = 1, length = 0;
  std::optional<std::int64_t> n_classes;  // none: no labels; 1: one class only, so nothing to tell apart
  std::vector<std::string> class_names;   // raw labels in sorted order
  std::vector<double> mean, std;          // per channel, of train: x = (raw - mean) / std
  std::string digest;                     // sha256 of float32 values, labels and split sizes
  std::string source;                     // file or "generator cbf"
  std::vector<std::string> notes;         // handled oddities: NaN replaced, no card, counts that differ from the card
};

struct DatasetRequest {
  std::string name;
  Values options;  // n_train, n_test, seed for generators
  std::vector<std::filesystem::path> roots;
  std::string split = "original";                     // | stratified_80_20
  double validation = 0;                              // share of train
  std::uint64_t seed = 1;                             // of the split
  std::int64_t max_series = 0;                        // keep the first so many of each split, classes in turn; 0: all
  std::vector<std::filesystem::path> card_dirs = {};  // folders with <name>/card.toml
};

// Found under the roots or made by a generator, split, validation carved from train, cut to max_series, scaled. In this
// order, so that mean and standard deviation (float64, population) are those of the series that are trained on.
//   missing values (NaN)  0 after scaling, left out of the statistics, counted in a note
//   one class only        n_classes = 1, a note; measures that need classes skip
//   constant channel      its mean is subtracted, it is divided by 1, a note; all channels constant is an error
//   labels                integers 0, 1, ... in the sorted order of train's raw labels: as numbers if all are, else
//   text
// A name that is both a generator's and a folder's means the generator.
// Throws DataError naming file, line and column, found and expected; DatasetMissing if no file and no generator has the
// name; ConfigError for options that cannot be.
Dataset load_dataset(const DatasetRequest& request);

// Reads one file of series to be encoded or scored (.tsv, .ts, .npy, .npz), unscaled: raw values and raw labels.
// Layouts as in data/readers.hpp: .tsv has the label first; .npz holds x and, optionally, y; labels of NAME.npy stand
// in NAME_y.npy beside it. Missing values stay NaN.
struct RawSeries {
  at::Tensor x;                     // (N, C, L) float64
  std::vector<std::string> labels;  // empty where there are none
};
RawSeries read_series(const std::filesystem::path& file);

}  // namespace autodidact
