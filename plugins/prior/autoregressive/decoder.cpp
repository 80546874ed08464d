#include "decoder.hpp"

#include <ATen/ATen.h>

#include "common/transformer/rms_norm.hpp"

namespace autodidact::autoregressive {

using transformer::add_rms_norm;
using transformer::rms_norm;

Decoder::Decoder(const DecoderOptions& options) : options_(options) {
  const std::int64_t hidden = options.hidden, inner = options.heads * options.head_width;
  for (std::int64_t i = 0; i < options.layers; ++i) {
    Layer layer;
    layer.attention_gain = nn::leaf(at::ones({hidden}));
    layer.qkv = nn::Linear(hidden, 3 * inner, false);
    layer.out = nn::Linear(inner, hidden, false);
    layer.feed_gain = nn::leaf(at::ones({hidden}));
    layer.up = nn::Linear(hidden, hidden * options.ff_mult, true);
    layer.down = nn::Linear(hidden * options.ff_mult, hidden, true);
    layers_.push_back(std::move(layer));
  }
  gain_ = nn::leaf(at::ones({hidden}));
}

void Decoder::list(const std::string& name, nn::State& out) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const std::string prefix = name + ".layer" + std::to_string(i);
    out.parameter(prefix + ".attention_gain", layer.attention_gain);
    layer.qkv.list(prefix + ".qkv", out);
    layer.out.list(prefix + ".out", out);
    out.parameter(prefix + ".feed_gain", layer.feed_gain);
    layer.up.list(prefix + ".up", out);
    layer.down.list(prefix + ".down", out);
  }
  out.parameter(name + ".gain", gain_);
}

at::ScalarType Decoder::compute_type(const at::Tensor& x) const {
  return options_.bf16 ? at::kBFloat16 : x.scalar_type();
}

at::Tensor Decoder::run(at::Tensor h, double dropout, const Mix& mix) const {
  const at::ScalarType stream = h.scalar_type(), compute = compute_type(h);
  const auto dropped = [&](const at::Tensor& x) { return dropout > 0.0 ? at::dropout(x, dropout, true) : x; };
  at::Tensor normed = rms_norm(h, layers_.front().attention_gain, compute);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const at::Tensor mixed = layer.out(mix(i, layer.qkv(normed, compute)), compute);
    std::tie(h, normed) = add_rms_norm(h, dropped(mixed), layer.feed_gain);
    const at::Tensor fed = layer.down(at::gelu(layer.up(normed, compute)), compute);
    const at::Tensor& next = i + 1 == layers_.size() ? gain_ : layers_[i + 1].attention_gain;
    std::tie(h, normed) = add_rms_norm(h, dropped(fed), next);
  }
  return normed.to(stream);
}

at::Tensor Decoder::forward(const at::Tensor& x, double dropout) const {
  const std::int64_t B = x.size(0), S = x.size(1);
  return run(x.reshape({B * S, options_.hidden}), dropout, [&](std::size_t, const at::Tensor& qkv) {
    return causal_attention(qkv.view({B, S, 3, options_.heads, options_.head_width})).view({B * S, -1});
  });
}

Decoder::Cache Decoder::cache(std::int64_t batch, std::int64_t positions) const {
  const auto type = gain_.options().dtype(compute_type(gain_)).requires_grad(false);
  Cache cache;
  for (std::size_t i = 0; i < layers_.size(); ++i)
    cache.emplace_back(batch, options_.heads, positions, options_.head_width, type);
  return cache;
}

at::Tensor Decoder::step(const at::Tensor& x, Cache& cache, std::int64_t position) const {
  return run(x, 0.0, [&](std::size_t layer, const at::Tensor& qkv) {
    return attend(qkv.view({x.size(0), 3, options_.heads, options_.head_width}), cache[layer], position);
  });
}

Decoder Decoder::frozen() const {
  Decoder out = *this;  // shares its tensors
  const auto convert = [&](at::Tensor& t) {
    if (t.defined()) t = t.detach().to(compute_type(t));
  };
  for (Layer& layer : out.layers_)
    for (nn::Linear* linear : {&layer.qkv, &layer.out, &layer.up, &layer.down}) {
      convert(linear->weight);
      convert(linear->bias);
    }
  return out;
}

}  // namespace autodidact::autoregressive
