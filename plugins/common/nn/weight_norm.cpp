#include "common/nn/weight_norm.hpp"

#include <ATen/ATen.h>

namespace autodidact::nn {

WeightNorm::WeightNorm(const at::Tensor& value)
    : g(leaf(at::norm_except_dim(value.detach(), /*pow=*/2, /*dim=*/0))), v(leaf(value.detach().clone())) {}

at::Tensor WeightNorm::weight() const { return at::_weight_norm(v, g, /*dim=*/0); }

void WeightNorm::list(const std::string& name, State& out) const {
  out.parameter(name + ".g", g);
  out.parameter(name + ".v", v);
}

}  // namespace autodidact::nn
