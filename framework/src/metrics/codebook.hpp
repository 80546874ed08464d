// How a codebook is used, and how much its codes repeat one another.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact {

struct CodeUsage {
  double perplexity = 1;  // exp(-sum_k p_k log(p_k + 1e-10)), p over all tokens
  double usage = 0;       // share of codes with count > 0
};
CodeUsage code_usage(const at::Tensor& tokens,
                     std::int64_t vocabulary);  // tokens int64 of any shape, in [0, vocabulary)

struct CodeRedundancy {
  double cosine = 0;   // mean |cosine| of different codes; NaN with one code, or where a code is zero or not finite
  double pearson = 0;  // mean |correlation| of different codes; NaN likewise, and where a code is constant or d = 1
};
// codebook (K, d)
CodeRedundancy code_redundancy(const at::Tensor& codebook);

}  // namespace autodidact
