#include "network.hpp"

#include <ATen/ATen.h>

#include <stdexcept>

namespace autodidact::maskgit {
namespace {

constexpr double kNormEps = 1e-12;  // of the two LayerNorms, as in the reference

transformer::TrunkOptions trunk_options(const NetworkOptions& o) {
  return {.in = o.embedding, .hidden = o.hidden, .layers = o.layers, .heads = o.heads, .ff_mult = o.ff_mult,
          .sequence = o.tokens + 1, .positions = o.second_positions, .bf16 = o.bf16};
}

std::unique_ptr<Head> make_head(const NetworkOptions& o, const at::Tensor& table) {
  if (o.input == Input::codebook) return std::make_unique<FreeHead>(o.embedding, o.codes);
  return std::make_unique<TiedHead>(table, o.tokens);
}

at::Tensor token_table(const NetworkOptions& o, const std::optional<at::Tensor>& codebook) {
  at::Tensor table = at::randn({o.codes + 1, o.embedding});
  if (codebook) table.narrow(0, 0, o.codes).copy_(codebook->detach());
  return nn::leaf(table);
}

}  // namespace

Input input_named(const std::string& name) {
  if (name == "token") return Input::token;
  if (name == "codebook") return Input::codebook;
  throw std::invalid_argument("input '" + name + "' is unknown; known: token, codebook");
}

Network::Network(const NetworkOptions& options, const std::optional<at::Tensor>& codebook)
    : options_(options),
      token_table_(token_table(options, codebook)),
      position_table_(nn::leaf(at::randn({options.tokens + 1, options.embedding}))),
      class_table_(nn::leaf(at::randn({options.classes + 1, options.embedding}))),
      embedding_norm_(options.embedding, kNormEps),
      trunk_(trunk_options(options)),
      head_(options.embedding, options.embedding, true),
      head_norm_(options.embedding, kNormEps),
      codes_(make_head(options, token_table_)) {}

std::vector<Parameter> Network::parameters() const {
  nn::State out;
  out.parameter("token_table", token_table_);
  out.parameter("position_table", position_table_);
  out.parameter("class_table", class_table_);
  embedding_norm_.list("embedding_norm", out);
  trunk_.list("trunk", out);
  head_.list("head", out);
  head_norm_.list("head_norm", out);
  codes_->list(out);
  return out.parameters;
}

// (B, N, E)
at::Tensor Network::vectors(const at::Tensor& ids) const {
  const at::Tensor tokens = at::embedding(token_table_, ids);
  if (!training_ || options_.dropout == 0.0) return tokens;
  const at::Tensor masked = (ids == options_.codes).unsqueeze(2);
  return at::where(masked, tokens, at::dropout(tokens, options_.dropout, true));
}

at::Tensor Network::logits(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) const {
  return logits_of_vectors(vectors(ids), classes, rows);
}

at::Tensor Network::logits_of_vectors(const at::Tensor& vectors, const at::Tensor& classes,
                                      const at::Tensor& rows) const {
  const std::int64_t B = vectors.size(0), N = options_.tokens, E = options_.embedding;
  const at::Tensor tokens = embedding_norm_(vectors + position_table_.narrow(0, 0, N));
  // The class stands in front and gets neither norm nor first position.
  const at::Tensor sequence = at::cat({at::embedding(class_table_, classes).view({B, 1, E}), tokens}, 1);
  const at::Tensor wanted = rows.defined() ? rows : at::arange(B * N, classes.options());
  const at::Tensor position = wanted.remainder(N);
  // Row b * N + i of the tokens stands at b * (N + 1) + 1 + i of the sequence.
  const at::Tensor in_sequence = wanted + at::floor_divide(wanted, N) + 1;
  at::Tensor h = trunk_.forward(sequence, in_sequence);  // (R, E)
  // The head is small: it and the softmax over its logits stay in float32 in every precision.
  return codes_->logits(head_norm_(at::gelu(head_(h, h.scalar_type()))), position);
}

}  // namespace autodidact::maskgit
