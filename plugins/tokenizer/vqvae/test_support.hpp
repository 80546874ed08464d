// A VQVAE for tests.
#pragma once

#include "common/autoencoder/test_support.hpp"
#include "vqvae.hpp"

namespace autodidact::vqvae::testing_support {

using namespace autoencoder::testing_support;  // NOLINT: this header is part of the tests

// Small and quick unless `set` says otherwise.
inline std::unique_ptr<VqVae> make(HostServices& host, std::int64_t length, std::int64_t channels = 1,
                                   Settings set = {}, std::uint64_t seed = 1) {
  set.insert({{"hidden", "16"}, {"K", "8"}, {"encoder_blocks", "1"}, {"decoder_blocks", "1"}});
  return make_model<VqVae>(host, length, channels, set, seed);
}

}  // namespace autodidact::vqvae::testing_support
