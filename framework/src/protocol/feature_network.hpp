// The trained feature network out of its stage's output.
#pragma once

#include <memory>

#include "data/dataset.hpp"
#include "metrics/fcn.hpp"
#include "results/record.hpp"

namespace autodidact {

inline constexpr std::int64_t kFcnBatch = 256;  // of its training

// A classifier needs labels of at least two classes.
bool has_feature_network(const Dataset& data);
std::shared_ptr<Fcn> restore_fcn(const Dataset& data, const Record& record);

}  // namespace autodidact
