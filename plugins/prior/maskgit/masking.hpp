// Which tokens are masked.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "schedule.hpp"

namespace autodidact::maskgit {

// How many positions of each series to mask: r ~ U[0, 1) drawn per series.
std::vector<std::int64_t> draw_counts(std::int64_t batch, std::int64_t tokens, Schedule schedule, Convention convention,
                                      const at::Generator& generator);

// (B, N) bool with exactly counts[b] true entries in row b, at places drawn uniformly.
at::Tensor random_mask(const std::vector<std::int64_t>& counts, std::int64_t tokens, const at::Generator& generator);

// Columns of the n lowest scores of each row of (B, M), ties by index, in ascending order: (B, n) int64.
at::Tensor lowest(const at::Tensor& scores, std::int64_t n);

}  // namespace autodidact::maskgit
