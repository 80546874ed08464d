// Projectors and predictors: hidden layers of linear, batch normalisation and ReLU, and a last linear layer,
//   (B, widths[0]) -> [linear -> BN -> ReLU] -> ... -> linear -> (B, widths.back()).
// The projector of NC-VQVAE, and of the papers it takes its objectives from, has two hidden layers; a predictor has
// one.
//
// The two views are normalised with their own batch statistics, and the running statistics take a step for each, as two
// calls would; but their rows go through each matrix product together (M = 2B), so that every weight is read once and
// its gradient is written once. In bfloat16 the products run in that type on copies of the weights made once a step;
// moments, running statistics and the parameters stay in float32.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "autodidact/plugin/host.hpp"
#include "common/nn/batch_norm.hpp"
#include "common/nn/linear.hpp"
#include "common/nn/state.hpp"

namespace autodidact::ssl {

struct Mlp {
  struct Hidden {
    nn::Linear linear;
    nn::BatchNorm norm;
  };
  std::vector<Hidden> hidden;
  nn::Linear last;
  Precision precision = Precision::fp32;
  bool training = true;

  // widths: of the input, the hidden layers and the output. PyTorch's default initialisation from the default
  // generator, layer by layer.
  Mlp(const std::vector<std::int64_t>& widths, Precision precision, bool last_bias = true);

  // a, b: (B, widths[0]) with B >= 2, float32 -> (B, widths.back()) each, float32.
  std::pair<at::Tensor, at::Tensor> operator()(const at::Tensor& a, const at::Tensor& b) const;
  // The same one view and one layer at a time; what evaluation uses, and what the fused form is compared with.
  at::Tensor layer_by_layer(const at::Tensor& x) const;

  // Tensors of its own with the same values, none of which requires a gradient: what an averaged copy starts from.
  Mlp copy_without_gradient() const;
  // name.linear1, name.norm1, name.linear2, ...
  void list(const std::string& name, nn::State& out) const;
};

}  // namespace autodidact::ssl
