// Which tokens are masked.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "schedule.hpp"

namespace autodidact::maskgit {

// For what one r ~ U[0, 1) is drawn: each series, as in the paper, or the whole batch, as in the published code of the
// thesis and of TimeVQVAE in 2023.
enum class MaskRatio { series, batch };
MaskRatio mask_ratio_named(const std::string& name);  // throws std::invalid_argument

struct MaskingOptions {
  Schedule schedule = Schedule::cosine;
  Convention convention = Convention::mask;
  MaskRatio ratio = MaskRatio::series;
};

// How many positions of each series to mask.
std::vector<std::int64_t> draw_counts(std::int64_t batch, std::int64_t tokens, const MaskingOptions& options,
                                      const at::Generator& generator);

// (B, N) bool with exactly counts[b] true entries in row b, at places drawn uniformly.
at::Tensor random_mask(const std::vector<std::int64_t>& counts, std::int64_t tokens, const at::Generator& generator);

// Columns of the n lowest scores of each row of (B, M), ties by index, in ascending order: (B, n) int64.
at::Tensor lowest(const at::Tensor& scores, std::int64_t n);

}  // namespace autodidact::maskgit
