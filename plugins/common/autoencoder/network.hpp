// Encoder and decoder between the time-frequency map and the latent grid.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "common/autoencoder/blocks.hpp"
#include "common/autoencoder/grid.hpp"

namespace autodidact::autoencoder {

struct NetworkOptions {
  std::int64_t channels = 2;        // 2C, real and imaginary parts
  std::int64_t hidden = 64;         // D
  std::int64_t encoder_blocks = 4;  // residual blocks
  std::int64_t decoder_blocks = 4;
  double dropout = 0.0;
};

class Encoder {
 public:
  Encoder(const NetworkOptions& options, const Grid& grid);

  // u (B, 2C, H, W) -> z (B, D, H', W') of the type of u, channels-last. The convolutions compute in `compute`.
  at::Tensor operator()(const at::Tensor& u, bool training, at::ScalarType compute) const;
  void list(const std::string& name, nn::State& out) const;

 private:
  double dropout_;
  std::vector<DownBlock> down_;
  std::vector<ResidualBlock> residual_;
};

class Decoder {
 public:
  // Gives maps of `height` x `frames`.
  Decoder(const NetworkOptions& options, const Grid& grid, std::int64_t height, std::int64_t frames);

  // z (B, D, H', W') -> (B, 2C, H, W) of the type of z.
  at::Tensor operator()(const at::Tensor& z, bool training, at::ScalarType compute) const;
  void list(const std::string& name, nn::State& out) const;

 private:
  double dropout_;
  std::int64_t height_, frames_;
  std::vector<ResidualBlock> residual_;
  std::vector<UpBlock> up_;
  nn::ConvTranspose2d out_, extra_;  // the second doubles once more than was halved; the resize then takes it back
};

}  // namespace autodidact::autoencoder
