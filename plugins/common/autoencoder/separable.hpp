// A depthwise-separable convolution as one operator: [Snake ->] depthwise -> pointwise, both weight-normalised.
//
// F. Chollet, Xception, CVPR 2017, https://arxiv.org/abs/1610.02357. As separate operators this is a Snake, two weight
// norms, two convolutions with copies between layouts, and as many again backwards; the networks of TimeVQVAE's second
// version consist of forty of them, on maps so small that the operators' own cost is most of the time.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/nn/depthwise.hpp"
#include "common/nn/snake.hpp"
#include "common/nn/state.hpp"
#include "common/nn/weight_norm.hpp"

namespace autodidact::autoencoder {

// down: 4 taps along time with stride 2, the edge repeated; same: 3 taps, zeros beyond the edge; up: the transpose of
// down, without its edges. Along frequency 3 taps, or one in maps of one row.
enum class Taps { down, same, up };

class Separable {
 public:
  // Plain weights if not `scaled`. PyTorch's default initialisation, depthwise first.
  Separable(std::int64_t in, std::int64_t out, Taps taps, bool one_row, bool scaled = true);

  // x (B, in, H, W) float32 or float64 -> (B, out, H, W'), channels-last. With `before`, of Snake(x).
  at::Tensor operator()(const at::Tensor& x, const nn::Snake* before = nullptr) const;
  // For a batch norm behind it, in training: y without what the biases add to it, which is a constant per channel and
  // taken away again by the norm. That constant is for the running mean; the biases get the gradient 0 that they have.
  struct Unbiased {
    at::Tensor y;         // (B, out, H, W')
    at::Tensor constant;  // (out), no gradient
  };
  Unbiased unbiased(const at::Tensor& x, const nn::Snake* before = nullptr) const;

  void list(const std::string& name, nn::State& out) const;

 private:
  nn::DepthwiseShape shape_;
  bool transposed_;               // the pointwise weight is (in, out) instead of (out, in)
  nn::WeightNorm depth_, point_;  // (in, 1, kh, kw); (out, in, 1, 1) or (in, out, 1, 1); g undefined if plain
  at::Tensor depth_bias_, point_bias_;
};

}  // namespace autodidact::autoencoder
