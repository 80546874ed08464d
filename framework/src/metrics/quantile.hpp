// Quantiles of sorted values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace autodidact {

// Between the two order statistics around `share` in [0, 1]; of at least one value.
template <class T>
double quantile(const std::vector<T>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double rest = at - static_cast<double>(below);
  return (1 - rest) * static_cast<double>(sorted[below]) + rest * static_cast<double>(sorted[above]);
}

}  // namespace autodidact
