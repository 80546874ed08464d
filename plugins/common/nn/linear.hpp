// y = x W^T + b.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/nn/state.hpp"

namespace autodidact::nn {

struct Linear {
  at::Tensor weight;  // (out, in)
  at::Tensor bias;    // (out), or undefined

  Linear() = default;
  // PyTorch's default initialisation, weight first, from the default generator.
  Linear(std::int64_t in, std::int64_t out, bool with_bias = true);

  // x (..., in) -> (..., out). With `compute` = bfloat16 the product and its result are bfloat16; the parameters stay.
  at::Tensor operator()(const at::Tensor& x, at::ScalarType compute = at::kFloat) const;
  void list(const std::string& name, State& out) const;
};

}  // namespace autodidact::nn
