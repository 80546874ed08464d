// Squared Euclidean distances by differences in float64: equal rows give exactly 0, and the same pair gives the same
// bits wherever it stands, which strict comparisons of radii need.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact {

// The rows to measure against, packed once.
class Targets {
 public:
  explicit Targets(const at::Tensor& rows);  // (M, D) float64
  std::int64_t size() const { return size_; }
  // rows (N, D) float64 -> (N, M)
  at::Tensor squared_distances(const at::Tensor& rows) const;
  // Rows of one call, so that its answer stays near 16 MB.
  std::int64_t block() const;

 private:
  std::int64_t size_, width_;
  at::Tensor tiles_;  // (ceil(M / 16), D, 16), the last tile filled with zeros
};

// sum_t x[t] y[t] over n values.
double dot(const double* x, const double* y, std::int64_t n);

}  // namespace autodidact
