// Where datasets lie on disk. No data is read here but to compare two hits of one name.
//
// A dataset NAME is a folder NAME anywhere below a root that holds NAME_TRAIN and NAME_TEST with one of the endings
// .tsv, .ts, .npz, .npy. Folders are walked in sorted order, hidden ones left out.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "autodidact/plugin/error.hpp"

namespace autodidact {

struct DatasetFiles {
  std::filesystem::path train, test;
};

// No file and no generator has the name: a missing cell of a suite rather than broken data.
class DatasetMissing : public DataError {
 public:
  using DataError::DataError;
};

// Every dataset found, by name; more than one hit of a name is kept in the order found.
std::map<std::string, std::vector<DatasetFiles>> scan_datasets(const std::vector<std::filesystem::path>& roots);

// The files of one dataset, or none. Throws DataError naming both if two hits differ in a byte, and if NAME_TRAIN has
// no NAME_TEST beside it.
std::optional<DatasetFiles> find_dataset_files(const std::string& name,
                                               const std::vector<std::filesystem::path>& roots);

// The error for a name that nothing has: the roots searched and the nearest names.
DatasetMissing missing_dataset(const std::string& name, const std::vector<std::filesystem::path>& roots);

}  // namespace autodidact
