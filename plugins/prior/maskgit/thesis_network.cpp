#include "thesis_network.hpp"

#include <ATen/ATen.h>

namespace autodidact::maskgit {
namespace {

constexpr double kNormEps = 1e-12;  // of the two LayerNorms, as in the reference

// Width of a position: the vectors of the earlier streams and the own one.
std::int64_t input_width(const NetworkOptions& o) {
  std::int64_t width = o.own.embedding;
  for (const TokenStream& stream : o.earlier) width += stream.embedding;
  return width;
}

transformer::TrunkOptions trunk_options(const NetworkOptions& o) {
  return {.in = input_width(o),
          .hidden = o.hidden,
          .layers = o.layers,
          .heads = o.heads,
          .ff_mult = o.ff_mult,
          .sequence = o.own.tokens + 1,
          .positions = o.second_positions,
          .bf16 = o.bf16};
}

std::unique_ptr<Head> make_head(const NetworkOptions& o, const at::Tensor& table) {
  if (o.input == Input::codebook) return std::make_unique<FreeHead>(o.own.embedding, o.own.codes);
  return std::make_unique<TiedHead>(table, o.own.tokens);
}

class ThesisPass final : public Pass {
 public:
  ThesisPass(const ThesisNetwork& network, at::Tensor condition)
      : network_(network), condition_(std::move(condition)) {}

  at::Tensor logits(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) const override {
    at::Tensor vectors = network_.vectors(ids);
    if (condition_.defined()) {
      const std::int64_t times = ids.size(0) / condition_.size(0);
      vectors = at::cat({times == 1 ? condition_ : condition_.repeat({times, 1, 1}), vectors}, 2);
    }
    return network_.logits_of_vectors(vectors, classes, rows);
  }

 private:
  const ThesisNetwork& network_;
  at::Tensor condition_;  // (B, N, widths of the earlier streams), undefined without
};

}  // namespace

ThesisNetwork::ThesisNetwork(const NetworkOptions& options)
    : Network(options),
      token_table_(token_table(options.own, options.own.codes + 1)),
      position_table_(nn::leaf(at::randn({options.own.tokens + 1, input_width(options)}))),
      class_table_(nn::leaf(at::randn({options.classes + 1, input_width(options)}))),
      embedding_norm_(input_width(options), kNormEps),
      trunk_(trunk_options(options)),
      head_(input_width(options), options.own.embedding, true),
      head_norm_(options.own.embedding, kNormEps),
      codes_(make_head(options, token_table_)) {
  for (const TokenStream& stream : options.earlier)
    conditions_.push_back({token_table(stream, stream.codes), nn::Linear(stream.tokens, options.own.tokens)});
}

void ThesisNetwork::list(nn::State& out) const {
  out.parameter("token_table", token_table_);
  out.parameter("position_table", position_table_);
  out.parameter("class_table", class_table_);
  embedding_norm_.list("embedding_norm", out);
  trunk_.list("trunk", out);
  head_.list("head", out);
  head_norm_.list("head_norm", out);
  codes_->list(out);
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    const std::string name = "condition" + std::to_string(i);
    out.parameter(name + ".table", conditions_[i].table);
    conditions_[i].project.list(name + ".project", out);
  }
}

std::unique_ptr<Pass> ThesisNetwork::begin(const std::vector<at::Tensor>& earlier) const {
  return std::make_unique<ThesisPass>(*this, condition(earlier));
}

at::Tensor ThesisNetwork::condition(const std::vector<at::Tensor>& earlier) const {
  std::vector<at::Tensor> parts;
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    at::Tensor x = at::embedding(conditions_[i].table, earlier[i]);  // (B, n, E)
    if (training_ && options_.dropout > 0.0) x = at::dropout(x, options_.dropout, true);
    parts.push_back(conditions_[i].project(x.transpose(1, 2)).transpose(1, 2));  // (B, N, E)
  }
  if (parts.empty()) return {};
  return at::cat(parts, 2);
}

at::Tensor ThesisNetwork::vectors(const at::Tensor& ids) const {
  const at::Tensor tokens = at::embedding(token_table_, ids);
  if (!training_ || options_.dropout == 0.0) return tokens;
  const at::Tensor masked = (ids == options_.own.codes).unsqueeze(2);
  return at::where(masked, tokens, at::dropout(tokens, options_.dropout, true));
}

at::Tensor ThesisNetwork::logits_of_vectors(const at::Tensor& vectors, const at::Tensor& classes,
                                            const at::Tensor& rows) const {
  const std::int64_t B = vectors.size(0), N = options_.own.tokens, in = vectors.size(2);
  const at::Tensor tokens = embedding_norm_(vectors + position_table_.narrow(0, 0, N));
  // The class stands in front and gets neither norm nor first position.
  const at::Tensor sequence = at::cat({at::embedding(class_table_, classes).view({B, 1, in}), tokens}, 1);
  const at::Tensor wanted = rows_or_all(rows, B, N);
  at::Tensor h = trunk_.forward(sequence, rows_in_sequence(wanted, N));  // (R, in)
  // The head is small: it and the softmax over its logits stay in float32 in every precision.
  h = head_norm_(at::gelu(head_(h, h.scalar_type())));
  return codes_->logits(h, wanted.remainder(N));
}

}  // namespace autodidact::maskgit
