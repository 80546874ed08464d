#include "network.hpp"

#include <ATen/ATen.h>

namespace autodidact::maskgit {
namespace {

constexpr double kNormEps = 1e-12;  // of the two LayerNorms, as in the reference

transformer::TrunkOptions trunk_options(const NetworkOptions& o) {
  return {.in = o.embedding, .hidden = o.hidden, .layers = o.layers, .heads = o.heads, .ff_mult = o.ff_mult,
          .sequence = o.tokens + 1, .positions = o.second_positions, .bf16 = o.bf16};
}

at::Tensor token_table(const NetworkOptions& o, const std::optional<at::Tensor>& codebook) {
  at::Tensor table = at::randn({o.codes + 1, o.embedding});
  if (codebook) table.narrow(0, 0, o.codes).copy_(codebook->detach());
  return nn::leaf(table);
}

}  // namespace

Network::Network(const NetworkOptions& options, const std::optional<at::Tensor>& codebook)
    : options_(options),
      token_table_(token_table(options, codebook)),
      position_table_(nn::leaf(at::randn({options.tokens + 1, options.embedding}))),
      class_table_(nn::leaf(at::randn({options.classes + 1, options.embedding}))),
      embedding_norm_(options.embedding, kNormEps),
      trunk_(trunk_options(options)),
      head_(options.embedding, options.embedding, true),
      head_norm_(options.embedding, kNormEps),
      head_bias_(nn::leaf(at::zeros({options.tokens, options.codes + 1}))) {}

std::vector<Parameter> Network::parameters() const {
  nn::State out;
  out.parameter("token_table", token_table_);
  out.parameter("position_table", position_table_);
  out.parameter("class_table", class_table_);
  embedding_norm_.list("embedding_norm", out);
  trunk_.list("trunk", out);
  head_.list("head", out);
  head_norm_.list("head_norm", out);
  out.parameter("head_bias", head_bias_);
  return out.parameters;
}

// (B, N + 1, E): the class, which gets neither norm nor first position, then the tokens.
at::Tensor Network::embed(const at::Tensor& ids, const at::Tensor& classes) const {
  const std::int64_t B = ids.size(0), N = ids.size(1), E = options_.embedding;
  at::Tensor tokens = at::embedding(token_table_, ids);  // (B, N, E)
  if (training_ && options_.dropout > 0.0) {
    const at::Tensor masked = (ids == options_.codes).unsqueeze(2);
    tokens = at::where(masked, tokens, at::dropout(tokens, options_.dropout, true));
  }
  tokens = embedding_norm_(tokens + position_table_.narrow(0, 0, N));
  return at::cat({at::embedding(class_table_, classes).view({B, 1, E}), tokens}, 1);
}

at::Tensor Network::logits(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) const {
  const std::int64_t B = ids.size(0), N = options_.tokens, K = options_.codes;
  const at::Tensor wanted = rows.defined() ? rows : at::arange(B * N, ids.options());
  const at::Tensor position = wanted.remainder(N);
  // Row b * N + i of the tokens stands at b * (N + 1) + 1 + i of the sequence.
  const at::Tensor in_sequence = wanted + at::floor_divide(wanted, N) + 1;
  at::Tensor h = trunk_.forward(embed(ids, classes), in_sequence);  // (R, E)
  // The head is small: it and the softmax over its logits stay in float32 in every precision.
  h = head_norm_(at::gelu(head_(h, h.scalar_type())));
  const at::Tensor codes = token_table_.narrow(0, 0, K);  // without the mask token
  return at::mm(h, codes.t()) + at::embedding(head_bias_.narrow(1, 0, K), position);
}

}  // namespace autodidact::maskgit
