// A table of vectors, looked up by index.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/nn/state.hpp"

namespace autodidact::nn {

struct Embedding {
  at::Tensor weight;  // (rows, width)

  Embedding() = default;
  Embedding(std::int64_t rows, std::int64_t width);  // N(0, 1) from the default generator

  at::Tensor operator()(const at::Tensor& index) const;  // (...) int64 -> (..., width)
  void list(const std::string& name, State& out) const { out.parameter(name + ".weight", weight); }
};

}  // namespace autodidact::nn
