// What selftest compares with the reference's numbers.
#pragma once

#include "autodidact/plugin/golden.hpp"

namespace autodidact::vqvae {

GoldenResult golden_encoder(const GoldenCase& golden);
GoldenResult golden_decoder(const GoldenCase& golden);
GoldenResult golden_codebook(const GoldenCase& golden);
GoldenResult golden_stft(const GoldenCase& golden);

}  // namespace autodidact::vqvae
