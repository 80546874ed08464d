#include "common/nn/linear.hpp"

#include <ATen/ATen.h>

namespace autodidact::nn {

Linear::Linear(std::int64_t in, std::int64_t out, bool with_bias) : weight(fan_in_uniform({out, in}, in)) {
  if (with_bias) bias = fan_in_uniform({out}, in);
}

at::Tensor Linear::operator()(const at::Tensor& x, at::ScalarType compute) const {
  if (compute != at::kBFloat16) return at::linear(x, weight, bias);
  return at::linear(x.to(compute), weight.to(compute), bias.defined() ? bias.to(compute) : bias);
}

void Linear::list(const std::string& name, State& out) const {
  out.parameter(name + ".weight", weight);
  if (bias.defined()) out.parameter(name + ".bias", bias);
}

}  // namespace autodidact::nn
