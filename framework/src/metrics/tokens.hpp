// Distributions of tokens and of runs of tokens.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact {

// tokens (N, T) int64 in [0, vocabulary) -> (N, T - n + 1): a number for every n tokens in a row; vocabulary^n < 2^63.
at::Tensor ngrams(const at::Tensor& tokens, std::int64_t n, std::int64_t vocabulary);
// Jensen-Shannon divergence of two collections of ids, in nats: 0 for equal shares, ln 2 where none is in both. NaN if
// one is empty. Biased upwards where ids are rare: read it beside its floor.
double jensen_shannon(const at::Tensor& a, const at::Tensor& b);
// Share of the codes in `real` that occur in `generated`.
double code_coverage(const at::Tensor& real, const at::Tensor& generated, std::int64_t vocabulary);

}  // namespace autodidact
