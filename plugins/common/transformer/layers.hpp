// Plain structs for the layers that have parameters, initialised as PyTorch's modules are.
#pragma once

#include <ATen/ATen.h>

#include <cmath>
#include <string>
#include <vector>

#include "autodidact/plugin/types.hpp"

namespace autodidact::transformer {

using Parameters = std::vector<Parameter>;

// A leaf that requires a gradient.
inline at::Tensor leaf(at::Tensor value) { return value.set_requires_grad(true); }

// Embedding table: N(0, 1) from the default generator.
inline at::Tensor normal_table(std::int64_t rows, std::int64_t width) { return leaf(at::randn({rows, width})); }

// y = x W^T + b, weight (out, in). `compute` is the type of the product: bfloat16 casts x, W and b for it.
struct Linear {
  at::Tensor weight, bias;

  Linear() = default;
  // [fitting] weight and bias ~ U(-1/sqrt(in), 1/sqrt(in)) from the default generator.
  Linear(std::int64_t in, std::int64_t out, bool with_bias) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(in));
    weight = leaf(at::empty({out, in}).uniform_(-bound, bound));
    if (with_bias) bias = leaf(at::empty({out}).uniform_(-bound, bound));
  }

  at::Tensor operator()(const at::Tensor& x, at::ScalarType compute) const {
    if (compute != at::kBFloat16) return at::linear(x, weight, bias);
    return at::linear(x.to(compute), weight.to(compute), bias.defined() ? bias.to(compute) : bias);
  }

  void list(const std::string& name, Parameters& out) const {
    out.push_back({.name = name + ".weight", .tensor = weight});
    if (bias.defined()) out.push_back({.name = name + ".bias", .tensor = bias});
  }
};

struct LayerNorm {
  at::Tensor weight, bias;
  double eps = 1e-5;

  LayerNorm() = default;
  LayerNorm(std::int64_t width, double epsilon)
      : weight(leaf(at::ones({width}))), bias(leaf(at::zeros({width}))), eps(epsilon) {}

  at::Tensor operator()(const at::Tensor& x) const { return at::layer_norm(x, weight.sizes(), weight, bias, eps); }

  void list(const std::string& name, Parameters& out) const {
    out.push_back({.name = name + ".weight", .tensor = weight});
    out.push_back({.name = name + ".bias", .tensor = bias});
  }
};

}  // namespace autodidact::transformer
