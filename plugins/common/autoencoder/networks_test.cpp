// Encoder and decoder in float64 against finite differences, in training mode.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/autoencoder/gradient_support.hpp"
#include "common/autoencoder/network.hpp"

namespace autodidact::autoencoder {
namespace {

TEST(Networks, GradientsEqualFiniteDifferences) {
  at::manual_seed(3);
  const Grid grid = grid_for(64, 8, 5, 33, 8);
  const NetworkOptions options{.channels = 2, .hidden = 6, .encoder_blocks = 2, .decoder_blocks = 2};
  const Encoder encoder(options, grid);
  const Decoder decoder(options, grid, 5, 33);
  nn::State state;
  encoder.list("encoder", state);
  decoder.list("decoder", state);
  testing_support::to_double(state);
  const at::Tensor u = at::randn({3, 2, 5, 33}, at::kDouble), cotangent = at::randn({3, 2, 5, 33}, at::kDouble);
  testing_support::expect_gradients(
      state, 2e-5, [&] { return (decoder(encoder(u, true, at::kDouble), true, at::kDouble) * cotangent).sum(); });
}

}  // namespace
}  // namespace autodidact::autoencoder
