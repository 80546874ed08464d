#include "common/nn/weight_norm.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace autodidact::nn {
namespace {

// 1 / |v|, the norm of n values.
template <class T>
double inverse_norm(const T* v, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(v[i]) * static_cast<double>(v[i]);
  return 1.0 / std::sqrt(sum);
}

}  // namespace

WeightNorm::WeightNorm(const at::Tensor& value)
    : g(leaf(at::norm_except_dim(value.detach(), /*pow=*/2, /*dim=*/0))), v(leaf(value.detach().clone())) {}

at::Tensor WeightNorm::weight() const { return at::_weight_norm(v, g, /*dim=*/0); }

void WeightNorm::list(const std::string& name, State& out) const {
  out.parameter(name + ".g", g);
  out.parameter(name + ".v", v);
}

at::Tensor scaled_weight(const at::Tensor& g, const at::Tensor& v) {
  if (!g.defined()) return v;
  const at::Tensor w = at::empty_like(v);
  const std::int64_t rows = v.size(0), each = v.numel() / rows;
  AT_DISPATCH_FLOATING_TYPES(v.scalar_type(), "scaled_weight", [&] {
    const scalar_t *gain = g.const_data_ptr<scalar_t>(), *from = v.const_data_ptr<scalar_t>();
    scalar_t* to = w.data_ptr<scalar_t>();
    for (std::int64_t r = 0; r < rows; ++r, from += each, to += each) {
      const auto factor = static_cast<scalar_t>(gain[r] * inverse_norm(from, each));
      for (std::int64_t i = 0; i < each; ++i) to[i] = from[i] * factor;
    }
  });
  return w;
}

// With u = v / |v|: dg = <dw, u>, dv = (dw - u dg) g / |v|.
ScaledWeightGradient scaled_weight_gradient(const at::Tensor& g, const at::Tensor& v, const at::Tensor& dw) {
  if (!g.defined()) return {at::Tensor(), dw};
  ScaledWeightGradient grad{at::empty_like(g), at::empty_like(v)};
  const std::int64_t rows = v.size(0), each = v.numel() / rows;
  AT_DISPATCH_FLOATING_TYPES(v.scalar_type(), "scaled_weight_gradient", [&] {
    const scalar_t *gain = g.const_data_ptr<scalar_t>(), *from = v.const_data_ptr<scalar_t>();
    const scalar_t* arriving = dw.const_data_ptr<scalar_t>();
    scalar_t *dg = grad.g.data_ptr<scalar_t>(), *dv = grad.v.data_ptr<scalar_t>();
    for (std::int64_t r = 0; r < rows; ++r, from += each, arriving += each, dv += each) {
      const double inverse = inverse_norm(from, each);
      double along = 0;
      for (std::int64_t i = 0; i < each; ++i) along += static_cast<double>(arriving[i]) * static_cast<double>(from[i]);
      along *= inverse;
      dg[r] = static_cast<scalar_t>(along);
      const auto factor = static_cast<scalar_t>(gain[r] * inverse), back = static_cast<scalar_t>(along * inverse);
      for (std::int64_t i = 0; i < each; ++i) dv[i] = (arriving[i] - from[i] * back) * factor;
    }
  });
  return grad;
}

}  // namespace autodidact::nn
