// The three blocks of the networks. Tensors are (B, D, H, W), channels-last in memory, and of the type
// the convolutions compute in; only time (W) is halved or doubled.
//
// In training each convolution that stands before a batch norm leaves its bias to it (see norm_act.hpp). In evaluation
// the norm is folded into the convolution's weights instead, and no pass over the data is left of it.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "common/autoencoder/mode.hpp"
#include "common/nn/batch_norm.hpp"
#include "common/nn/conv.hpp"
#include "common/nn/state.hpp"

namespace autodidact::autoencoder {

constexpr double kSlope = 0.01;  // of LeakyReLU for x < 0
inline constexpr nn::ConvShape kHalving{.kernel = {3, 4}, .stride = {1, 2}, .padding = {1, 1}};

// Replicate padding, Conv 3 x 4 of stride (1, 2), BatchNorm, LeakyReLU, Dropout: W -> (W - 2) / 2 + 1.
struct DownBlock {
  nn::Conv2d conv;
  nn::BatchNorm2d norm;

  DownBlock(std::int64_t in, std::int64_t out);
  at::Tensor operator()(const at::Tensor& x, const Mode& mode) const;
  void list(const std::string& name, nn::State& out) const;
};

// ConvTranspose 3 x 4 of stride (1, 2), BatchNorm, LeakyReLU, Dropout: W -> 2 W.
struct UpBlock {
  nn::ConvTranspose2d conv;
  nn::BatchNorm2d norm;

  UpBlock(std::int64_t in, std::int64_t out);
  at::Tensor operator()(const at::Tensor& x, const Mode& mode) const;
  void list(const std::string& name, nn::State& out) const;
};

// BatchNorm(a + f(a)), f = LeakyReLU, Conv 3 x 3, [BatchNorm], Dropout, LeakyReLU, Conv 1 x 1, Dropout.
struct ResidualBlock {
  nn::Conv2d wide;
  std::optional<nn::BatchNorm2d> inner;  // the encoder's have it, the decoder's do not
  nn::Conv2d point;
  nn::BatchNorm2d norm;

  // A value and, unless the block is the last of its chain, its LeakyReLU, which the next block starts with.
  struct Stream {
    at::Tensor value, activated;
  };

  // Where a chain ends: the last norm works in this type, so that latents are not rounded to that of the convolutions.
  using End = std::optional<at::ScalarType>;

  ResidualBlock(std::int64_t width, bool with_inner);
  Stream operator()(const Stream& a, const End& end, const Mode& mode) const;
  void list(const std::string& name, nn::State& out) const;

 private:
  Stream train(const Stream& a, const End& end, const Mode& mode) const;
  Stream evaluate(const Stream& a, const End& end) const;
};

}  // namespace autodidact::autoencoder
