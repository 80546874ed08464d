#include "common/transformer/normformer.hpp"

#include <ATen/ATen.h>

#include "common/transformer/cosine_attention.hpp"

namespace autodidact::transformer {
namespace {

constexpr double kSmallestNorm = 1e-12;
constexpr double kNormEps = 1e-5;

// A weight as PyTorch's linear layers start, normalised.
nn::WeightNorm linear(std::int64_t in, std::int64_t out) { return nn::WeightNorm(nn::fan_in_uniform({out, in}, in)); }

}  // namespace

NormFormer::NormFormer(const NormFormerOptions& o) : options_(o) {
  const std::int64_t attended = o.heads * o.head_width;
  for (std::int64_t i = 0; i < o.layers; ++i) {
    Layer layer;
    layer.attention_norm = nn::LayerNorm(o.hidden);
    layer.extra = nn::leaf(at::randn({2, o.heads, 1, o.head_width}));
    layer.qkv = linear(o.hidden, 3 * attended);
    layer.out = linear(attended, o.hidden);
    layer.q_gain = nn::leaf(at::ones({o.head_width}));
    layer.k_gain = nn::leaf(at::ones({o.head_width}));
    layer.out_norm = nn::LayerNorm(o.hidden);
    layer.feed_norm = nn::LayerNorm(o.hidden);
    layer.up = linear(o.hidden, o.inner);
    layer.up_gain = nn::WeightNorm(at::ones({o.inner}));
    layer.up_bias = nn::leaf(at::zeros({o.inner}));
    layer.down = nn::Linear(o.inner, o.hidden, false);
    layers_.push_back(std::move(layer));
  }
}

void NormFormer::list(const std::string& name, nn::State& out) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const std::string prefix = name + ".layer" + std::to_string(i);
    layer.attention_norm.list(prefix + ".attention_norm", out);
    layer.qkv.list(prefix + ".qkv", out);
    out.parameter(prefix + ".extra", layer.extra);
    out.parameter(prefix + ".q_gain", layer.q_gain);
    out.parameter(prefix + ".k_gain", layer.k_gain);
    layer.out.list(prefix + ".out", out);
    layer.out_norm.list(prefix + ".out_norm", out);
    layer.feed_norm.list(prefix + ".feed_norm", out);
    layer.up.list(prefix + ".up", out);
    layer.up_gain.list(prefix + ".up_gain", out);
    out.parameter(prefix + ".up_bias", layer.up_bias);
    layer.down.list(prefix + ".down", out);
  }
}

// differs: the reference normalises the vector v by division, whose gradient of v is rounding noise around 0 that AdamW
// scales up to whole steps; by the sign it is 0.
NormFormer::Weights NormFormer::weights() const {
  Weights out;
  for (const Layer& layer : layers_) {
    const at::Tensor extra = layer.extra.squeeze(2);  // (2, heads, head_width)
    const at::Tensor key = extra[0] / extra[0].norm(2, {1}, true).clamp_min(kSmallestNorm) * layer.k_gain;
    out.layers.push_back({.qkv = layer.qkv.weight(),
                          .front = at::stack({key, extra[1]}),
                          .out = layer.out.weight(),
                          .up = layer.up.weight(),
                          .up_gain = layer.up_gain.g * layer.up_gain.v.sign()});
  }
  return out;
}

at::Tensor NormFormer::forward(const Weights& weights, at::Tensor h, std::int64_t S, const at::Tensor& rows) const {
  const std::int64_t B = h.size(0) / S, H = options_.heads, D = options_.head_width;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const Weights::Layer& w = weights.layers[i];
    const at::Tensor qkv = at::linear(layer.attention_norm(h), w.qkv).view({B, S, 3, H, D});
    at::Tensor mixed = cosine_attention(qkv, w.front, layer.q_gain, layer.k_gain).view({B * S, H * D});
    if (i + 1 == layers_.size()) {
      mixed = mixed.index_select(0, rows);
      h = h.index_select(0, rows);
    }
    h = h + layer.out_norm(at::linear(mixed, w.out));
    const at::Tensor up = at::gelu(at::linear(layer.feed_norm(h), w.up));
    const at::Tensor normed = at::layer_norm(up, {options_.inner}, w.up_gain, layer.up_bias, kNormEps);
    h = at::addmm(h, normed, layer.down.weight.t());
  }
  return h;
}

}  // namespace autodidact::transformer
