// From logits to the probabilities that a token is drawn from: temperature, then the most likely codes only.
//
// top_k: A. Fan, M. Lewis, Y. Dauphin, "Hierarchical neural story generation", ACL 2018, arXiv 1805.04833.
//
// top_p: A. Holtzman et al., "The curious case of neural text degeneration", ICLR 2020, arXiv 1904.09751, equations (2)
// and (3): the smallest set of most likely codes whose probabilities sum to at least p.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::autoregressive {

struct Selection {
  double temperature = 1.0;  // logits are divided by it; 0 takes the most likely code
  std::int64_t top_k = 0;    // that many codes; 0 is off
  double top_p = 1.0;        // 1 is off; at least one code stays. Acts on what temperature and top_k leave
};

// logits (R, K) -> probabilities (R, K), exactly 0 where a code is left out. Of equal codes the first ones stay.
at::Tensor probabilities(const at::Tensor& logits, const Selection& selection);

}  // namespace autodidact::autoregressive
