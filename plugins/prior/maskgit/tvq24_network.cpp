#include "tvq24_network.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "autodidact/plugin/error.hpp"
#include "dropped_embedding.hpp"

namespace autodidact::maskgit {
namespace {

constexpr double kHeadNormEps = 1e-12;  // as in the reference

std::int64_t conditions_width(const NetworkOptions& o) {
  std::int64_t width = 0;
  for (const TokenStream& stream : o.earlier) width += stream.embedding;
  return width;
}

transformer::NormFormerOptions trunk_options(const NetworkOptions& o) {
  const std::int64_t inner = 2 * o.hidden * o.ff_mult / 3;
  if (inner < 1)
    throw ConfigError(
        "prior maskgit: network = \"tvq24\" has a feed-forward part of 2 hidden ff_mult / 3 units, none for "
        "hidden = " +
        std::to_string(o.hidden) + "; set hidden to at least 2");
  return {.hidden = o.hidden, .layers = o.layers, .heads = o.heads, .inner = inner};
}

nn::WeightNorm linear(std::int64_t in, std::int64_t out) { return nn::WeightNorm(nn::fan_in_uniform({out, in}, in)); }

}  // namespace

Tvq24Network::Tvq24Network(const NetworkOptions& o)
    : Network(o),
      conditions_width_(conditions_width(o)),
      token_table_(token_table(o.own, o.own.codes + 1)),
      position_table_(nn::leaf(at::randn({o.own.tokens + 1, conditions_width_ + o.own.embedding}))),
      class_table_(nn::leaf(at::randn({o.classes + 1, conditions_width_ + o.own.embedding}))),
      in_(conditions_width_ + o.own.embedding, o.hidden),
      trunk_(trunk_options(o)),
      head_(linear(o.hidden, o.hidden)),
      head_bias_(nn::fan_in_uniform({o.hidden}, o.hidden)),
      head_norm_(o.hidden, kHeadNormEps),
      codes_(linear(o.hidden, o.own.codes)),
      codes_bias_(nn::fan_in_uniform({o.own.codes}, o.hidden)) {
  for (const TokenStream& stream : o.earlier) conditions_.emplace_back(stream, o.own.tokens);
}

void Tvq24Network::list(nn::State& out) const {
  out.parameter("token_table", token_table_);
  out.parameter("position_table", position_table_);
  out.parameter("class_table", class_table_);
  in_.list("in", out);
  trunk_.list("trunk", out);
  head_.list("head", out);
  out.parameter("head.bias", head_bias_);
  head_norm_.list("head_norm", out);
  codes_.list("head_codes", out);
  out.parameter("head_codes.bias", codes_bias_);
  for (std::size_t i = 0; i < conditions_.size(); ++i) conditions_[i].list("condition" + std::to_string(i), out);
}

// Everything that enters the trunk is projected, and the projection is linear: positions, classes, conditions and,
// where nothing drops parts of them, tokens are projected once.
class Tvq24Pass final : public Pass {
 public:
  Tvq24Pass(const Tvq24Network& network, const std::vector<at::Tensor>& earlier)
      : net_(network),
        drops_(network.training_ && network.options_.dropout > 0.0),
        weights_(network.trunk_.weights()),
        head_(network.head_.weight()),
        codes_(network.codes_.weight()),
        classes_(network.in_(network.class_table_)),
        places_(network.in_(network.position_table_.narrow(0, 0, network.options_.own.tokens))) {
    std::int64_t column = 0;
    for (std::size_t i = 0; i < net_.conditions_.size(); ++i) {
      const UpscaledCondition& condition = net_.conditions_[i];
      const at::Tensor projection = net_.in_.weight.narrow(1, column, condition.width());
      places_ = places_ + condition.project(earlier[i], projection, net_.options_.dropout, net_.training_);
      column += condition.width();
    }
    own_ = net_.in_.weight.narrow(1, column, net_.options_.own.embedding);
    if (!drops_) tokens_ = at::linear(net_.token_table_, own_);
  }

  at::Tensor logits(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) const override {
    return at::linear(states(ids, classes, rows), codes_, net_.codes_bias_);
  }

  transformer::CrossEntropy cross_entropy(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows,
                                          const at::Tensor& target, double smoothing) const override {
    return transformer::cross_entropy(logits(ids, classes, rows), target, smoothing);
  }

  transformer::Draw draw(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows,
                         const at::Tensor& uniform) const override {
    return transformer::draw_from_states(states(ids, classes, rows), codes_, net_.codes_bias_, uniform);
  }

 private:
  // (R, hidden) before the last layer of the head.
  at::Tensor states(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) const {
    const std::int64_t B = ids.size(0), N = ids.size(1), hidden = net_.options_.hidden;
    const at::Tensor sequence =
        at::cat({at::embedding(classes_, classes).view({B, 1, hidden}), project(ids) + places(B)}, 1);
    const at::Tensor wanted = rows_in_sequence(rows_or_all(rows, B, N), N);
    at::Tensor h = net_.trunk_.forward(weights_, sequence.view({B * (N + 1), hidden}), N + 1, wanted);  // (R, hidden)
    return net_.head_norm_(at::gelu(at::linear(h, head_, net_.head_bias_)));
  }
  at::Tensor project(const at::Tensor& ids) const {  // (B, N, hidden)
    if (!drops_) return at::embedding(tokens_, ids);
    const NetworkOptions& o = net_.options_;
    return at::linear(dropped_embedding(net_.token_table_, ids, o.own.codes, o.dropout), own_);
  }
  at::Tensor places(std::int64_t batch) const {
    if (places_.dim() == 2 || places_.size(0) == batch) return places_;
    return places_.repeat({batch / places_.size(0), 1, 1});
  }

  const Tvq24Network& net_;
  bool drops_;
  transformer::NormFormer::Weights weights_;
  at::Tensor head_, codes_;  // normalised
  at::Tensor classes_;       // (classes + 1, hidden)
  at::Tensor places_;        // (N, hidden), or with conditions (B, N, hidden)
  at::Tensor own_;           // (hidden, E), columns of the projection
  at::Tensor tokens_;        // (K + 1, hidden), undefined where parts are dropped
};

std::unique_ptr<Pass> Tvq24Network::begin(const std::vector<at::Tensor>& earlier) const {
  return std::make_unique<Tvq24Pass>(*this, earlier);
}

}  // namespace autodidact::maskgit
