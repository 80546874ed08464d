#include "common/nn/state.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

namespace autodidact::nn {

at::Tensor leaf(at::Tensor value) { return value.set_requires_grad(true); }

at::Tensor fan_in_uniform(at::IntArrayRef shape, std::int64_t fan_in) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
  return leaf(at::empty(shape).uniform_(-bound, bound));
}

void move(const State& state, c10::Device device) {
  const at::NoGradGuard no_grad;
  for (const Parameter& parameter : state.parameters) {
    at::Tensor tensor = parameter.tensor;
    tensor.mutable_grad() = at::Tensor();
    tensor.set_data(tensor.to(device));
  }
  for (const Buffer& buffer : state.buffers) {
    at::Tensor tensor = buffer.tensor;
    tensor.set_data(tensor.to(device));
  }
}

}  // namespace autodidact::nn
