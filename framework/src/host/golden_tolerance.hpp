// How near a golden array must be met: the group's rtol and atol, and the exceptions that its `tolerance` text names.
#pragma once

#include <string>

#include "autodidact/plugin/golden.hpp"

namespace autodidact {

struct Tolerance {
  double rtol = 0, atol = 0;
  bool relative_to_largest = false;  // atol is in units of the array's largest entry
  double flip_share = 0;             // so large a share of entries may be off ...
  double flip_size = 0;              // ... by up to this
  bool noise = false;                // the reference's own value is noise: not compared
};

Tolerance golden_tolerance(const std::string& file, const GoldenCase& group, const std::string& array);

}  // namespace autodidact
