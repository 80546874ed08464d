#include "network.hpp"

#include <ATen/ATen.h>

#include <stdexcept>

#include "thesis_network.hpp"
#include "tvq24_network.hpp"

namespace autodidact::maskgit {

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

at::Tensor drop_visible(const at::Tensor& vectors, const at::Tensor& ids, std::int64_t mask_id, double p) {
  return at::where((ids == mask_id).unsqueeze(2), vectors, at::dropout(vectors, p, true));
}

at::Tensor rows_or_all(const at::Tensor& rows, std::int64_t batch, std::int64_t tokens) {
  return rows.defined() ? rows : at::arange(batch * tokens, at::TensorOptions().dtype(at::kLong));
}

at::Tensor rows_in_sequence(const at::Tensor& rows, std::int64_t tokens) {
  return rows + at::floor_divide(rows, tokens) + 1;
}

}  // namespace autodidact::maskgit
