#include "network.hpp"

#include <ATen/ATen.h>

namespace autodidact::autoregressive {
namespace {

std::vector<Network::Place> places_of(const Layout& layout) {
  std::vector<Network::Place> places;
  for (std::size_t s = 0; s < layout.size(); ++s)
    for (std::int64_t i = 0; i < layout[s].count(); ++i) places.push_back({s, i, layout[s].first + i});
  return places;
}

}  // namespace

Network::Network(const DecoderOptions& options, const Layout& layout, std::int64_t classes)
    : layout_(layout),
      places_(places_of(layout)),
      class_table_(classes + 1, options.hidden),
      tables_([&] {
        std::vector<nn::Embedding> tables;
        for (const Stream& stream : layout) tables.emplace_back(stream.vocabulary, options.hidden);
        return tables;
      }()),
      positions_(nn::leaf(at::randn({static_cast<std::int64_t>(places_.size()), options.hidden}))),
      decoder_(options) {
  for (const Stream& stream : layout) heads_.emplace_back(options.hidden, stream.vocabulary);
}

std::vector<Parameter> Network::parameters() const {
  nn::State out;
  class_table_.list("class_table", out);
  for (std::size_t s = 0; s < tables_.size(); ++s) tables_[s].list("token_table." + layout_[s].name, out);
  out.parameter("positions", positions_);
  decoder_.list("decoder", out);
  for (std::size_t s = 0; s < heads_.size(); ++s) heads_[s].list("head." + layout_[s].name, out);
  return out.parameters;
}

// (B, N, hidden): the class, then all tokens but the last.
at::Tensor Network::embed(const at::Tensor& tokens, const at::Tensor& class_ids) const {
  std::vector<at::Tensor> parts = {class_table_(class_ids).unsqueeze(1)};
  for (std::size_t s = 0; s < tables_.size(); ++s)
    parts.push_back(tables_[s](tokens.narrow(1, layout_[s].first, layout_[s].count())));
  return at::cat(parts, 1).narrow(1, 0, positions_.size(0)) + positions_;
}

std::vector<at::Tensor> Network::logits(const at::Tensor& tokens, const at::Tensor& class_ids, double dropout) const {
  const std::int64_t B = tokens.size(0), N = positions_.size(0), hidden = positions_.size(1);
  at::Tensor h = embed(tokens, class_ids);
  if (dropout > 0.0) h = at::dropout(h, dropout, true);
  h = decoder_.forward(h, dropout).view({B, N, hidden});
  std::vector<at::Tensor> out;
  std::int64_t place = 0;
  for (std::size_t s = 0; s < heads_.size(); ++s) {
    const std::int64_t count = layout_[s].count();
    // The head is small: it and the softmax over its logits stay in float32 in every precision.
    out.push_back(heads_[s](h.narrow(1, place, count).reshape({B * count, hidden})));
    place += count;
  }
  return out;
}

Network::Sampler::Sampler(const Network& network, std::int64_t batch)
    : network_(network),
      decoder_(network.decoder_.frozen()),
      cache_(decoder_.cache(batch, static_cast<std::int64_t>(network.places_.size()))) {}

at::Tensor Network::Sampler::next(const at::Tensor& ids) {
  const auto position = static_cast<std::int64_t>(place_);
  const nn::Embedding& table =
      place_ == 0 ? network_.class_table_ : network_.tables_[network_.places_[place_ - 1].stream];
  const at::Tensor h = decoder_.step(table(ids) + network_.positions_[position], cache_, position);
  return network_.heads_[network_.places_[place_++].stream](h);
}

}  // namespace autodidact::autoregressive
