// The transformer between embedding and head: projection in, positions, pre-norm layers, projection out.
//
// Each layer is x += Attention(RMSNorm(x)); x += FeedForward(RMSNorm(x)), the feed-forward part Linear, GELU, Linear.
// The matrices q, k, v are one product; residual sums and norms are one pass. With bfloat16 the products of the layers
// are computed in it, with float32 weights; norms, softmax and the residual stream stay in float32.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/nn/linear.hpp"
#include "common/nn/state.hpp"

namespace autodidact::transformer {

struct TrunkOptions {
  std::int64_t in = 64;  // width of what comes in and goes out
  std::int64_t hidden = 256;
  std::int64_t layers = 4;  // at least 1
  std::int64_t heads = 2;
  std::int64_t head_width = 64;
  std::int64_t ff_mult = 1;
  std::int64_t sequence = 0;  // S, positions
  bool positions = true;      // a learned table of positions, scaled by 1 / sqrt(hidden), after the projection in
  bool bf16 = false;
};

class Trunk {
 public:
  explicit Trunk(const TrunkOptions& options);

  // x (B, S, in) -> (B * S, in); with `rows` (R) int64, flat indices b * S + s, only these: (R, in). What only other
  // rows would need is left out of the last layer.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& rows) const;

  void list(const std::string& name, nn::State& out) const;

 private:
  struct Layer {
    at::Tensor attention_gain;  // (hidden)
    nn::Linear qkv;             // (3 * heads * head_width, hidden), no bias
    nn::Linear out;             // (hidden, heads * head_width), no bias
    at::Tensor feed_gain;       // (hidden)
    nn::Linear up, down;        // with biases
  };
  at::Tensor project(const nn::Linear& linear, const at::Tensor& x) const;
  at::Tensor feed_forward(const Layer& layer, const at::Tensor& normed) const;

  TrunkOptions options_;
  nn::Linear in_, out_;   // no biases
  at::Tensor positions_;  // (S, hidden), undefined without
  std::vector<Layer> layers_;
  at::Tensor gain_;  // (hidden), of the last norm
};

}  // namespace autodidact::transformer
