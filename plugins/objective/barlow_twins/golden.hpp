#pragma once

#include "autodidact/plugin/golden.hpp"

namespace autodidact::barlow_twins {

// ssl_barlow_twins: the loss of the authors' code (biased std, sum over features), and that of NC-VQVAE (outputs that
// end in _unbiased_std_mean_over_F), each with both gradients.
GoldenResult golden_loss(const GoldenCase& golden);

}  // namespace autodidact::barlow_twins
