#include "common/nn/layer_norm.hpp"

#include <ATen/ATen.h>

namespace autodidact::nn {

LayerNorm::LayerNorm(std::int64_t width, double epsilon)
    : weight(leaf(at::ones({width}))), bias(leaf(at::zeros({width}))), eps(epsilon) {}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, weight.sizes(), weight, bias, eps);
}

void LayerNorm::list(const std::string& name, State& out) const {
  out.parameter(name + ".weight", weight);
  out.parameter(name + ".bias", bias);
}

}  // namespace autodidact::nn
