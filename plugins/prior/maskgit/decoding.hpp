// Iterative decoding of masked tokens (H. Chang et al., "MaskGIT", CVPR 2022), for a whole batch at once.
//
// Start with all N tokens masked. At step t = 0..T-1 a token is drawn at each masked position; of these the n least
// confident are masked again, n = masked_after_step. score = ln(p + 1e-5) + temperature (1 - (t + 1) / T) g with Gumbel
// noise g; a known token has score +inf, hence is never masked again. Only masked positions are computed.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "autodidact/plugin/host.hpp"
#include "common/transformer/categorical.hpp"
#include "schedule.hpp"

namespace autodidact::maskgit {

struct DecodingOptions {
  std::int64_t tokens = 0;   // N
  std::int64_t mask_id = 0;  // K
  std::int64_t steps = 10;   // T
  double choice_temperature = 4.0;
  Schedule schedule = Schedule::cosine;
  std::int64_t stream = 0;  // of HostServices::uniform
};

// ids (n, N) with mask ids at `positions` (n, m), ascending, and numbers in (0, 1) (n * m) -> a code for each of these
// from its distribution, row-major, drawn by its number.
using DrawAt =
    std::function<transformer::Draw(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& uniform)>;
// After step t: ids (n, N), and the positions (n, m) that are masked again.
using Observe = std::function<void(std::int64_t step, const at::Tensor& ids, const at::Tensor& positions)>;

// (n, N) int64 in [0, K). Series i depends on the numbers of first_index + i only.
at::Tensor decode(std::int64_t n, std::int64_t first_index, const DecodingOptions& options, HostServices& host,
                  const DrawAt& draw, const Observe& observe = {});

}  // namespace autodidact::maskgit
