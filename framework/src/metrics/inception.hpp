// Inception score of class probabilities (Salimans et al. 2016, arXiv 1606.03498).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact {

struct SplitScore {
  double mean = 0, std = 0;  // over the parts; std with divisor s
};
// p (N, K) in `splits` consecutive parts of floor(N / splits) rows, the remainder dropped; NaN where a part is empty.
SplitScore inception_score(const at::Tensor& p, std::int64_t splits);

}  // namespace autodidact
