// The projector of NC-VQVAE, and of the papers it takes its objectives from: three linear layers with batch
// normalisation and ReLU between them,
//   (B, F) -> linear -> BN -> ReLU -> linear -> BN -> ReLU -> linear -> (B, width).
//
// The two views are normalised with their own batch statistics, and the running statistics take a step for each, as two
// calls would; but their rows go through each matrix product together (M = 2B), so that every weight is read once and
// its gradient is written once. In bfloat16 the products run in that type on copies of the weights made once a step;
// moments, running statistics and the parameters stay in float32.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>

#include "autodidact/plugin/host.hpp"
#include "common/nn/batch_norm.hpp"
#include "common/nn/linear.hpp"
#include "common/nn/state.hpp"

namespace autodidact::ssl {

struct Projector {
  nn::Linear first, second, third;
  nn::BatchNorm first_norm, second_norm;
  Precision precision = Precision::fp32;
  bool training = true;

  // PyTorch's default initialisation from the default generator, layer by layer.
  Projector(std::int64_t in, std::int64_t width, Precision precision);

  // a, b: (B, F) with B >= 2, float32 -> the projected views, (B, width) each, float32.
  std::pair<at::Tensor, at::Tensor> operator()(const at::Tensor& a, const at::Tensor& b) const;
  // The same one view and one layer at a time; what evaluation uses, and what the fused form is compared with.
  at::Tensor layer_by_layer(const at::Tensor& x) const;

  void list(const std::string& name, nn::State& out) const;
};

}  // namespace autodidact::ssl
