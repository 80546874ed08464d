// What every layer here shares: its tensors are listed under names, and moved between devices in place.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "autodidact/plugin/types.hpp"

namespace autodidact::nn {

// Parameters and buffers in the order of their layers. Tensors are handles: what is done to one listed here is seen by
// the layer that owns it, so that a plugin can build the list once, hand it out and move it.
struct State {
  std::vector<Parameter> parameters;
  std::vector<Buffer> buffers;

  void parameter(const std::string& name, const at::Tensor& tensor) {
    parameters.push_back({.name = name, .tensor = tensor});
  }
  void buffer(const std::string& name, const at::Tensor& tensor) { buffers.push_back({name, tensor}); }
};

// A leaf that requires a gradient.
at::Tensor leaf(at::Tensor value);
// U(-1/sqrt(fan_in), 1/sqrt(fan_in)) from the default generator: what PyTorch's layers start from
// (kaiming_uniform with a = sqrt(5) for weights; the same bound for biases).
at::Tensor fan_in_uniform(at::IntArrayRef shape, std::int64_t fan_in);
// Moves all tensors of `state`, and with them the layers they belong to; gradients are dropped.
void move(const State& state, c10::Device device);

}  // namespace autodidact::nn
