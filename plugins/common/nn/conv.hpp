// Two-dimensional convolutions and their transposes, as PyTorch's modules without dilation and groups.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <string>

#include "common/nn/state.hpp"

namespace autodidact::nn {

struct ConvShape {
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> padding{0, 0};
};

struct Conv2d {
  at::Tensor weight;  // (out, in, kh, kw)
  at::Tensor bias;    // (out)
  ConvShape shape;

  Conv2d() = default;
  Conv2d(std::int64_t in, std::int64_t out, const ConvShape& geometry);

  void list(const std::string& name, State& out) const;
};

struct ConvTranspose2d {
  at::Tensor weight;  // (in, out, kh, kw)
  at::Tensor bias;    // (out)
  ConvShape shape;

  ConvTranspose2d() = default;
  // PyTorch takes the fan from the second dimension of the weight, which here is `out`.
  ConvTranspose2d(std::int64_t in, std::int64_t out, const ConvShape& geometry);

  at::Tensor operator()(const at::Tensor& x) const;
  void list(const std::string& name, State& out) const;
};

}  // namespace autodidact::nn
