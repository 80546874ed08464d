// How many tokens are masked: gamma(r) in training and at each step of decoding.
#pragma once

#include <cstdint>
#include <string>

namespace autodidact::maskgit {

enum class Schedule { cosine, linear, square, cubic, log };
// mask: n = clamp(ceil(gamma(r) N), 1, N) tokens are masked (paper). keep: min(floor(gamma(r) N), N - 1) are kept and
// the rest masked, as the published token priors of the thesis and of TimeVQVAE do.
// differs: the thesis' full-embedding prior masks floor(gamma(r) N) tokens, possibly none; mask rounds up as the paper.
enum class Convention { mask, keep };

Schedule schedule_named(const std::string& name);  // throws std::invalid_argument
Convention convention_named(const std::string& name);

// Share of N tokens masked at ratio r in [0, 1]: cos(pi r / 2), 1 - r, 1 - r^2, 1 - r^3, or -log2(r) / log2(N) held in
// [1e-6, 1].
double gamma(Schedule schedule, double ratio, std::int64_t tokens);

// Tokens of N to mask in training for r in [0, 1); in [1, N].
std::int64_t masked_in_training(Schedule schedule, Convention convention, std::int64_t tokens, double ratio);

// Tokens of N still masked after step t = 0..T-1 of decoding: floor(gamma((t + 1) / T) N + 1e-6), and 0 after the last.
std::int64_t masked_after_step(Schedule schedule, std::int64_t tokens, std::int64_t steps, std::int64_t step);

}  // namespace autodidact::maskgit
