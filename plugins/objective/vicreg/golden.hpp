#pragma once

#include "autodidact/plugin/golden.hpp"

namespace autodidact::vicreg {

// ssl_vicreg: the loss of the authors' code with its three terms, and that of NC-VQVAE (outputs that end in
// _variance_not_halved), each with both gradients.
GoldenResult golden_loss(const GoldenCase& golden);

}  // namespace autodidact::vicreg
