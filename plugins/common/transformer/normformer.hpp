// A pre-norm transformer with norms also behind attention and inside the feed-forward part, cosine attention with an
// extra key that belongs to no token, and weight-normalised matrices: the layers of TimeVQVAE since 2024.
//
// S. Shleifer, J. Weston, M. Ott, "NormFormer: Improved Transformer Pretraining with Extra Normalization", 2021,
// https://arxiv.org/abs/2110.09456; attention as in cosine_attention.hpp. Each layer is
//   x += LayerNorm(wn-Linear(cosine attention(wn-Linear(LayerNorm(x)))))
//   x += Linear(wn-LayerNorm(GELU(wn-Linear(LayerNorm(x)))))
// all linear maps without biases. The matrices q, k, v are one product.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/nn/layer_norm.hpp"
#include "common/nn/linear.hpp"
#include "common/nn/weight_norm.hpp"

namespace autodidact::transformer {

struct NormFormerOptions {
  std::int64_t hidden = 128;
  std::int64_t layers = 4;  // at least 1
  std::int64_t heads = 2;
  std::int64_t head_width = 64;
  std::int64_t inner = 85;  // width of the feed-forward part
};

class NormFormer {
 public:
  explicit NormFormer(const NormFormerOptions& options);

  // The normalised weights: worked out once for any number of calls between two changes of the parameters.
  struct Weights {
    struct Layer {
      at::Tensor qkv;      // (3 * heads * head_width, hidden)
      at::Tensor front;    // (2, heads, head_width): the extra key, normalised, and its value
      at::Tensor out;      // (hidden, heads * head_width)
      at::Tensor up;       // (inner, hidden)
      at::Tensor up_gain;  // (inner)
    };
    std::vector<Layer> layers;
  };
  Weights weights() const;

  // h (B * S, hidden) -> (R, hidden) at `rows` (R) int64, flat indices b * S + s. What only other rows would need is
  // left out of the last layer.
  at::Tensor forward(const Weights& weights, at::Tensor h, std::int64_t sequence, const at::Tensor& rows) const;

  void list(const std::string& name, nn::State& out) const;

 private:
  struct Layer {
    nn::LayerNorm attention_norm;
    nn::WeightNorm qkv;
    at::Tensor extra;           // (2, heads, 1, head_width): key and value that belong to no token
    at::Tensor q_gain, k_gain;  // (head_width)
    nn::WeightNorm out;
    nn::LayerNorm out_norm;
    nn::LayerNorm feed_norm;
    nn::WeightNorm up;
    nn::WeightNorm up_gain;  // of the norm inside, a vector: g_i sign(v_i)
    at::Tensor up_bias;
    nn::Linear down;
  };
  NormFormerOptions options_;
  std::vector<Layer> layers_;
};

}  // namespace autodidact::transformer
