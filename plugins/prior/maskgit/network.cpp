#include "network.hpp"

#include <ATen/ATen.h>

#include <stdexcept>

#include "thesis_network.hpp"
#include "tvq24_network.hpp"

namespace autodidact::maskgit {

transformer::Draw Pass::draw(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows,
                             const at::Tensor& uniform) const {
  return transformer::draw_categorical(at::softmax(logits(ids, classes, rows), -1), uniform);
}

transformer::CrossEntropy Pass::cross_entropy(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows,
                                              const at::Tensor& target, double smoothing) const {
  const at::Tensor z = logits(ids, classes, rows);  // (R, K)
  return {at::cross_entropy_loss(z, target, {}, at::Reduction::Mean, -100, smoothing),
          std::get<1>(z.detach().max(1)) == target};
}

Input input_named(const std::string& name) {
  if (name == "token") return Input::token;
  if (name == "codebook") return Input::codebook;
  throw std::invalid_argument("input '" + name + "' is unknown; known: token, codebook");
}

std::unique_ptr<Network> make_network(const std::string& name, const NetworkOptions& options) {
  if (name == "thesis") return std::make_unique<ThesisNetwork>(options);
  if (name == "tvq24") return std::make_unique<Tvq24Network>(options);
  throw std::invalid_argument("network '" + name + "' is unknown; known: thesis, tvq24");
}

at::Tensor token_table(const TokenStream& stream, std::int64_t rows) {
  at::Tensor table = at::randn({rows, stream.embedding});
  if (stream.codebook) table.narrow(0, 0, stream.codes).copy_(stream.codebook->detach());
  return nn::leaf(table);
}

at::Tensor rows_or_all(const at::Tensor& rows, std::int64_t batch, std::int64_t tokens) {
  return rows.defined() ? rows : at::arange(batch * tokens, at::TensorOptions().dtype(at::kLong));
}

at::Tensor rows_in_sequence(const at::Tensor& rows, std::int64_t tokens) {
  return rows + at::floor_divide(rows, tokens) + 1;
}

}  // namespace autodidact::maskgit
