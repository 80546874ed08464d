// The blocks of the separable networks, those of TimeVQVAE since 2024. Tensors are (B, D, H, W), channels-last in
// memory, float32 (float64 in checks); only time (W) is halved or doubled.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "common/autoencoder/mode.hpp"
#include "common/autoencoder/separable.hpp"
#include "common/nn/batch_norm.hpp"
#include "common/nn/conv.hpp"
#include "common/nn/snake.hpp"

namespace autodidact::autoencoder {

// Separable convolution that halves or doubles time, BatchNorm, Snake.
class SeparableStrided {
 public:
  SeparableStrided(std::int64_t in, std::int64_t out, Taps taps, bool one_row);
  at::Tensor operator()(const at::Tensor& x, const Mode& mode) const;
  void list(const std::string& name, nn::State& out) const;

 private:
  Separable conv_;
  nn::BatchNorm2d norm_;
  nn::Snake snake_;
};

// skip(x) + Dropout(f(x)), f = Snake, separable, BatchNorm, Snake, separable; skip is a plain 1 x 1 convolution where
// the number of channels changes.
class SeparableResidual {
 public:
  SeparableResidual(std::int64_t in, std::int64_t out, bool one_row);
  at::Tensor operator()(const at::Tensor& x, const Mode& mode) const;
  void list(const std::string& name, nn::State& out) const;

 private:
  nn::Snake before_, between_;
  Separable first_, second_;
  nn::BatchNorm2d norm_;
  std::optional<nn::Conv2d> skip_;
};

}  // namespace autodidact::autoencoder
