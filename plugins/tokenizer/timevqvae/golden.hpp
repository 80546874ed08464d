// What selftest compares with the reference's numbers.
#pragma once

#include "autodidact/plugin/golden.hpp"

namespace autodidact::timevqvae {

GoldenResult golden_encoder(const GoldenCase& golden);
GoldenResult golden_decoder(const GoldenCase& golden);
GoldenResult golden_bands(const GoldenCase& golden);

}  // namespace autodidact::timevqvae
