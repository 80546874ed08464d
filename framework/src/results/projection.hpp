// Two principal axes of a cloud of features, for a picture.
#pragma once

#include <array>
#include <vector>

#include "results/record.hpp"

namespace autodidact {

struct Projection {
  std::vector<std::array<double, 2>> real, generated;
  std::array<double, 2> explained{};  // share of the real cloud's variance on each axis
};

// Axes are fitted on `real` (n, D) alone, so that generated series which leave its plane are seen to collapse, not to
// bend the axes. Both arrays f32 or f64 with the same D, else DataError.
Projection project(const Array& real, const Array& generated);

}  // namespace autodidact
