#pragma once

#include "autodidact/plugin/golden.hpp"

namespace autodidact::vibcreg {

// ssl_vibcreg: the loss with its three terms and both gradients, on raw embeddings and behind iterative normalisation.
GoldenResult golden_loss(const GoldenCase& golden);
// iternorm: one training step and its gradient, the running statistics after it, and evaluation mode. No affine part.
GoldenResult golden_iter_norm(const GoldenCase& golden);

}  // namespace autodidact::vibcreg
