#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::stft {

// pieces (R, W, P), P a multiple of hop -> (R, (W - 1) hop + P): piece w is added from sample w * hop on. The gradient
// is a view of overlapping windows, without a copy.
at::Tensor overlap_add(const at::Tensor& pieces, std::int64_t hop);

}  // namespace autodidact::stft
