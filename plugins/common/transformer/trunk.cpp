#include "common/transformer/trunk.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "common/transformer/attention.hpp"
#include "common/transformer/rms_norm.hpp"

namespace autodidact::transformer {

Trunk::Trunk(const TrunkOptions& options) : options_(options) {
  const std::int64_t hidden = options.hidden, inner = options.heads * options.head_width;
  in_ = nn::Linear(options.in, hidden, false);
  if (options.positions) positions_ = nn::leaf(at::randn({options.sequence, hidden}));
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
  out_ = nn::Linear(hidden, options.in, false);
}

void Trunk::list(const std::string& name, nn::State& out) const {
  in_.list(name + ".in", out);
  if (positions_.defined()) out.parameter(name + ".positions", positions_);
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
  out_.list(name + ".out", out);
}

// The product in the precision of the run; the result keeps that type.
at::Tensor Trunk::project(const nn::Linear& linear, const at::Tensor& x) const {
  return linear(x, options_.bf16 ? at::kBFloat16 : x.scalar_type());
}

at::Tensor Trunk::feed_forward(const Layer& layer, const at::Tensor& normed) const {
  return project(layer.down, at::gelu(project(layer.up, normed)));
}

at::Tensor Trunk::forward(const at::Tensor& x, const at::Tensor& rows) const {
  const std::int64_t B = x.size(0), S = x.size(1), hidden = options_.hidden;
  const at::ScalarType stream = x.scalar_type();                          // of the residual stream
  at::Tensor h = project(in_, x.reshape({B * S, x.size(2)})).to(stream);  // (B S, hidden)
  if (positions_.defined()) {
    const at::Tensor table = positions_.narrow(0, 0, S) * (1.0 / std::sqrt(static_cast<double>(hidden)));
    h = (h.view({B, S, hidden}) + table).view({B * S, hidden});
  }
  at::Tensor normed = rms_norm(h, layers_.front().attention_gain, options_.bf16 ? at::kBFloat16 : stream);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const bool last = i + 1 == layers_.size();
    const at::Tensor qkv = project(layer.qkv, normed).view({B, S, 3, options_.heads, options_.head_width});
    at::Tensor mixed = attention(qkv).view({B * S, -1});
    if (last && rows.defined()) {
      mixed = mixed.index_select(0, rows);
      h = h.index_select(0, rows);
    }
    std::tie(h, normed) = add_rms_norm(h, project(layer.out, mixed), layer.feed_gain);
    const at::Tensor& next = last ? gain_ : layers_[i + 1].attention_gain;
    std::tie(h, normed) = add_rms_norm(h, feed_forward(layer, normed), next);
  }
  return project(out_, normed).to(stream);
}

}  // namespace autodidact::transformer
