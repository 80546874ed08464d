// Encoder and decoder of depthwise-separable convolutions, which double their channels where they halve time (reference
// 1.15: the second version of TimeVQVAE). They see the rows of the transform that belong to their stream and no others.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "common/autoencoder/grid.hpp"
#include "common/autoencoder/separable_blocks.hpp"
#include "common/nn/conv.hpp"

namespace autodidact::autoencoder {

struct SeparableOptions {
  std::int64_t channels = 2;        // 2C, real and imaginary parts
  std::int64_t first = 4;           // channels behind the first halving; doubled by each further one
  std::int64_t hidden = 128;        // D
  std::int64_t encoder_blocks = 2;  // residual blocks a level
  std::int64_t decoder_blocks = 2;
  double dropout = 0.3;
};

class SeparableEncoder {
 public:
  SeparableEncoder(const SeparableOptions& options, const Grid& grid);

  // u (B, 2C, H, W) -> z (B, D, H, W'), channels-last.
  at::Tensor operator()(const at::Tensor& u, bool training) const;
  void list(const std::string& name, nn::State& out) const;

 private:
  struct Level {
    SeparableStrided down;
    std::vector<SeparableResidual> residual;
  };
  static std::vector<Level> levels_of(const SeparableOptions& options, const Grid& grid);

  double dropout_;
  std::vector<Level> levels_;
  SeparableResidual last_;
};

class SeparableDecoder {
 public:
  SeparableDecoder(const SeparableOptions& options, const Grid& grid);

  // z (B, D, H, W') -> (B, 2C, H, W' 2^(down + 1)): it doubles once more often than was halved.
  at::Tensor operator()(const at::Tensor& z, bool training) const;
  void list(const std::string& name, nn::State& out) const;

 private:
  struct Level {
    std::vector<SeparableResidual> residual;
    SeparableStrided up;
  };
  static std::vector<Level> levels_of(const SeparableOptions& options, const Grid& grid);

  double dropout_;
  SeparableResidual first_;
  std::vector<Level> levels_;
  Separable out_;               // plain weights
  nn::ConvTranspose2d extra_;   // full, and right behind it
  nn::ConvTranspose2d mixing_;  // 1 x 1
};

}  // namespace autodidact::autoencoder
