// Small things that tokenizers on a grid of latents share: maps as rows, and complaints about what was handed in.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "autodidact/plugin/types.hpp"

namespace autodidact::autoencoder {

// (B, D, H', W') -> (B H' W', D), one row per position in the order of tokens: a view of channels-last memory.
at::Tensor rows_of(const at::Tensor& z);
// The way back, channels-last.
at::Tensor map_of(const at::Tensor& rows, std::int64_t height, std::int64_t width);

std::string shape_text(const at::Tensor& t);  // "(2, 1, 63)"

// Throw DataError in the name of the plugin `who` unless x is (B, C, L) float32, and tokens are (B, N) int64 with each
// stream's in [0, K).
void check_series(const std::string& who, const at::Tensor& x, std::int64_t channels, std::int64_t length);
void check_tokens(const std::string& who, const at::Tensor& tokens, const Layout& layout);

}  // namespace autodidact::autoencoder
