// Samples of any method, read and brought into the shape of a dataset.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "data/dataset.hpp"

namespace autodidact {

struct SampleFile {
  std::filesystem::path file;    // .npy, .npz, .h5, .tsv
  std::filesystem::path labels;  // .npy or text, one a line; empty: those of the file, if it has any
  std::string layout;            // "NCL" | "NLC" | "": told by the dataset's shape
  bool scaled = false;           // values are standardised as the dataset is in memory
  bool any_scale = false;        // values are taken as they are, whatever their range
};

// (N, C, L) standardised with the dataset's mean and deviation, and class indices where there are labels.
//   .npy, .npz   (N, L), (N, C, L) or (N, L, C); labels from NAME_y.npy beside it or the member y
//   .h5          array x, samples/unconditional/x, or the only one there is; labels from y beside it
//   .tsv         the label first, as the UCR archive has it
// Throws DataError with a message of its own for each of: a shape that fits two layouts or none, another length or
// channel count, missing or infinite values (the first named), fewer than 10 series, another scaling than the data's,
// labels that the dataset does not have, another number of labels than series.
Series read_samples(const SampleFile& from, const Dataset& data);

}  // namespace autodidact
