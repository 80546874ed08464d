// A causal transformer: pre-norm layers x += Attention(RMSNorm(x)); x += FeedForward(RMSNorm(x)), the feed-forward part
// Linear, GELU, Linear, and a last RMSNorm. The decoder of A. Vaswani et al., "Attention is all you need", NIPS 2017,
// https://arxiv.org/abs/1706.03762, without its second attention.
//
// differs: the norms stand before each part and are RMSNorm, as in the bidirectional trunk that this one is compared
// with (common/transformer/trunk.hpp); the paper has LayerNorm after each part, and ReLU.
//
// With bfloat16 the products of the layers are computed in it, with float32 weights; norms, softmax and the residual
// stream stay in float32.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "causal_attention.hpp"
#include "common/nn/linear.hpp"
#include "common/nn/state.hpp"

namespace autodidact::autoregressive {

struct DecoderOptions {
  std::int64_t hidden = 256;
  std::int64_t layers = 4;  // at least 1
  std::int64_t heads = 2;
  std::int64_t head_width = 64;
  std::int64_t ff_mult = 1;
  bool bf16 = false;
};

class Decoder {
 public:
  explicit Decoder(const DecoderOptions& options);

  // x (B, S, hidden) -> (B * S, hidden). `dropout` is the share of each part's output that is dropped before it is
  // added to the stream.
  at::Tensor forward(const at::Tensor& x, double dropout) const;

  using Cache = std::vector<KeyValues>;  // one a layer
  Cache cache(std::int64_t batch, std::int64_t positions) const;
  // x (B, hidden), what stands at `position`; positions come one after the other from 0. Its row of forward without
  // dropout: (B, hidden).
  at::Tensor step(const at::Tensor& x, Cache& cache, std::int64_t position) const;

  // Equal answers without gradient, its weights converted once to the type of the products.
  Decoder frozen() const;

  void list(const std::string& name, nn::State& out) const;

 private:
  struct Layer {
    at::Tensor attention_gain;  // (hidden)
    nn::Linear qkv;             // (3 * heads * head_width, hidden), no bias
    nn::Linear out;             // (hidden, heads * head_width), no bias
    at::Tensor feed_gain;       // (hidden)
    nn::Linear up, down;        // with biases
  };
  // layer, qkv (R, 3 * heads * head_width) -> (R, heads * head_width)
  using Mix = std::function<at::Tensor(std::size_t layer, const at::Tensor& qkv)>;
  at::Tensor run(at::Tensor h, double dropout, const Mix& mix) const;
  at::ScalarType compute_type(const at::Tensor& x) const;

  DecoderOptions options_;
  std::vector<Layer> layers_;
  at::Tensor gain_;  // (hidden), of the last norm
};

}  // namespace autodidact::autoregressive
