// Limited-memory BFGS with a backtracking line search: deterministic, for smooth convex problems in float64.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace autodidact {

struct LbfgsSettings {
  int memory = 12;
  int iterations = 500;
  double gradient = 1e-6;  // stop when no entry of the gradient is larger
};

// value and gradient at a flat vector (P) float64
using Objective64 = std::function<double(const at::Tensor& point, at::Tensor& gradient)>;

// From `start` (P) to a minimum. Returns the best point; it never gets worse than the start.
at::Tensor minimise(const Objective64& objective, const at::Tensor& start, const LbfgsSettings& settings);

}  // namespace autodidact
