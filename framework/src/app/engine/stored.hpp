// A finished run read back from its record: weights, the shape of its data and their scaling.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "protocol/objects.hpp"
#include "protocol/session.hpp"
#include "results/record.hpp"

namespace autodidact {

struct StoredRun {
  Record record;
  DataShape shape;
  std::vector<double> mean, std;
  std::vector<std::string> class_names;
};

StoredRun read_stored(const std::filesystem::path& file);           // throws DataError for a failed run
at::Tensor scaled(const StoredRun& stored, const at::Tensor& x);    // raw (N, C, L) -> standardised float32
at::Tensor unscaled(const StoredRun& stored, const at::Tensor& x);  // standardised -> raw units, float32
void write_npy(const at::Tensor& x, const std::filesystem::path& file);

}  // namespace autodidact
