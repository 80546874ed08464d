// Series that stand more than once in a dataset, for `show dataset NAME`.
#pragma once

#include <cstdint>

#include "data/dataset.hpp"

namespace autodidact {

// Counts of series that have a twin: for train and test an earlier one of the same part, for between a test series with
// one in train (validation, where it is carved, is counted as train). Exact: equal in every float32 value. Near: not
// exact, and the correlation of the two, each channel centred on its own mean, is at least kNear; this also finds
// copies that were shifted or scaled. Constant series have no near twin.
struct Duplicates {
  std::int64_t exact_train = 0, exact_test = 0, exact_between = 0;
  std::int64_t near_train = 0, near_test = 0, near_between = 0;
  std::int64_t contradicting = 0;  // exact twins, in either part, that carry different labels
};
inline constexpr double kNear = 0.9999;

Duplicates count_duplicates(const Dataset& dataset);

}  // namespace autodidact
