// Hidden positions of a first-order chain between visible ones, exactly: the forward-backward recursions (L. R.
// Rabiner, "A tutorial on hidden Markov models and selected applications in speech recognition", Proceedings of the
// IEEE 77(2), 1989, section III.A) where a visible position pins its state.
#pragma once

#include <cstdint>

#include "context_tree.hpp"

namespace autodidact::markov {

// tree: of order 0 or 1. One series: tokens and hidden [0, length); the tokens of hidden positions are not read. Into
// out, one row of K for each hidden position in turn: p(token | all visible tokens). Where the visible tokens cannot
// all occur (possible only without smoothing) the tokens after the position are left aside.
void bridge(const ContextTree& tree, std::int64_t codes, const std::int64_t* tokens, const bool* hidden,
            std::int64_t length, double* out);

}  // namespace autodidact::markov
