#include "heads.hpp"

#include <ATen/ATen.h>

namespace autodidact::maskgit {

TiedHead::TiedHead(const at::Tensor& table, std::int64_t tokens)
    : table_(table), bias_(nn::leaf(at::zeros({tokens, table.size(0)}))) {}

at::Tensor TiedHead::logits(const at::Tensor& h, const at::Tensor& position) const {
  const std::int64_t K = table_.size(0) - 1;  // without the mask
  return at::mm(h, table_.narrow(0, 0, K).t()) + at::embedding(bias_.narrow(1, 0, K), position);
}

void TiedHead::list(nn::State& out) const { out.parameter("head_bias", bias_); }

at::Tensor FreeHead::logits(const at::Tensor& h, const at::Tensor&) const { return linear_(h, h.scalar_type()); }

}  // namespace autodidact::maskgit
