// A TimeVQVAE for tests.
#pragma once

#include "common/autoencoder/test_support.hpp"
#include "timevqvae.hpp"

namespace autodidact::timevqvae::testing_support {

using namespace autoencoder::testing_support;  // NOLINT: this header is part of the tests

// Small and quick unless `set` says otherwise.
inline std::unique_ptr<TimeVqVae> make(HostServices& host, std::int64_t length, std::int64_t channels = 1,
                                       Settings set = {}, std::uint64_t seed = 1) {
  set.insert({{"hidden", "[16]"}, {"K", "[16, 32]"}, {"encoder_blocks", "[1]"}, {"decoder_blocks", "[1]"}});
  return make_model<TimeVqVae>(host, length, channels, set, seed);
}

// The settings of the first published version, and small as above.
inline Settings first_version(Settings set = {}) {
  set.insert({{"network", "\"thesis\""},
              {"n_fft", "8"},
              {"hop", "2"},
              {"window", "\"none\""},
              {"normalized", "false"},
              {"dropout", "[0.0]"},
              {"unit_latents", "false"},
              {"code_dimension", "[0]"},
              {"kmeans", "false"},
              {"stft_weight", "[1.0, 1.0]"}});
  return set;
}

}  // namespace autodidact::timevqvae::testing_support
