// Mean and sample deviation of a few values.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

namespace autodidact {

struct Moments {
  double mean = std::numeric_limits<double>::quiet_NaN();  // of none
  double std = std::numeric_limits<double>::quiet_NaN();   // of fewer than two
};

inline Moments moments(const std::vector<double>& values) {
  Moments m;
  if (values.empty()) return m;
  double sum = 0;
  for (const double v : values) sum += v;
  m.mean = sum / static_cast<double>(values.size());
  if (values.size() < 2) return m;
  double squares = 0;
  for (const double v : values) squares += (v - m.mean) * (v - m.mean);
  m.std = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return m;
}

}  // namespace autodidact
