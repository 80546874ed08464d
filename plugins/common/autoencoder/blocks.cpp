#include "common/autoencoder/blocks.hpp"

#include <ATen/ATen.h>

#include "common/nn/norm_act.hpp"

namespace autodidact::autoencoder {
namespace {

using nn::NormActWanted;

constexpr nn::ConvShape kWide{.kernel = {3, 3}, .stride = {1, 1}, .padding = {1, 1}};

at::Tensor dropped(const at::Tensor& x, const Mode& mode) {
  return mode.training && mode.dropout > 0 ? at::dropout(x, mode.dropout, /*train=*/true) : x;
}

// BatchNorm with running statistics as y = x * scale + shift, with the bias of the convolution before it: (D) each.
struct Affine {
  at::Tensor scale, shift;
};
Affine frozen(const nn::BatchNorm& norm, const at::Tensor& bias) {
  const at::Tensor scale = norm.weight * (norm.running_var + norm.eps).rsqrt();
  return {scale, norm.bias + (bias - norm.running_mean) * scale};
}

at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const nn::ConvShape& shape) {
  const at::ScalarType type = x.scalar_type();
  return at::conv2d(x, weight.to(type), bias.defined() ? bias.to(type) : bias, shape.stride, shape.padding);
}

at::Tensor convolve_transposed(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                               const nn::ConvShape& shape) {
  const at::ScalarType type = x.scalar_type();
  return at::conv_transpose2d(x, weight.to(type), bias.defined() ? bias.to(type) : bias, shape.stride, shape.padding);
}

at::Tensor per_output(const at::Tensor& scale) { return scale.view({-1, 1, 1, 1}); }
at::Tensor per_channel(const at::Tensor& scale) { return scale.view({1, -1, 1, 1}); }

}  // namespace

DownBlock::DownBlock(std::int64_t in, std::int64_t out) : conv(in, out, kHalving), norm(out) {}

at::Tensor DownBlock::operator()(const at::Tensor& x, const Mode& mode) const {
  nn::ConvShape inside = conv.shape;
  inside.padding = {0, 0};
  const at::Tensor padded = at::replication_pad2d(x, {1, 1, 1, 1});
  if (mode.training) {
    const at::Tensor y = convolve(padded, conv.weight, {}, inside);
    return dropped(nn::norm_act(norm, {y, {}, conv.bias}, kSlope, NormActWanted::activated).activated, mode);
  }
  const Affine affine = frozen(norm, conv.bias);
  at::Tensor y = convolve(padded, conv.weight * per_output(affine.scale), affine.shift, inside);
  return at::leaky_relu_(y, kSlope);
}

void DownBlock::list(const std::string& name, nn::State& out) const {
  conv.list(name + ".conv", out);
  norm.list(name + ".norm", out);
}

UpBlock::UpBlock(std::int64_t in, std::int64_t out) : conv(in, out, kHalving), norm(out) {}

at::Tensor UpBlock::operator()(const at::Tensor& x, const Mode& mode) const {
  if (mode.training) {
    const at::Tensor y = convolve_transposed(x, conv.weight, {}, conv.shape);
    return dropped(nn::norm_act(norm, {y, {}, conv.bias}, kSlope, NormActWanted::activated).activated, mode);
  }
  const Affine affine = frozen(norm, conv.bias);
  at::Tensor y = convolve_transposed(x, conv.weight * per_channel(affine.scale), affine.shift, conv.shape);
  return at::leaky_relu_(y, kSlope);
}

void UpBlock::list(const std::string& name, nn::State& out) const {
  conv.list(name + ".conv", out);
  norm.list(name + ".norm", out);
}

ResidualBlock::ResidualBlock(std::int64_t width, bool with_inner)
    : wide(width, width, kWide), point(width, width, nn::ConvShape{}), norm(width) {
  if (with_inner) inner.emplace(width);
}

ResidualBlock::Stream ResidualBlock::operator()(const Stream& a, const End& end, const Mode& mode) const {
  return mode.training ? train(a, end, mode) : evaluate(a, end);
}

// Dropout commutes with LeakyReLU, so it may follow the fused one.
ResidualBlock::Stream ResidualBlock::train(const Stream& a, const End& end, const Mode& mode) const {
  at::Tensor h = convolve(a.activated, wide.weight, inner ? at::Tensor() : wide.bias, wide.shape);
  h = inner ? nn::norm_act(*inner, {h, {}, wide.bias}, kSlope, NormActWanted::activated).activated
            : at::leaky_relu_(h, kSlope);
  h = dropped(h, mode);
  // Behind a dropout the bias is no constant any more and cannot be left to the norm.
  const bool absorbed = mode.dropout == 0;
  const at::Tensor f = dropped(convolve(h, point.weight, absorbed ? at::Tensor() : point.bias, point.shape), mode);
  const at::ScalarType type = end.value_or(f.scalar_type());
  const nn::NormActOutput out = nn::norm_act(norm, {f.to(type), a.value.to(type), absorbed ? point.bias : at::Tensor()},
                                             kSlope, end ? NormActWanted::normed : NormActWanted::both);
  return {out.normed, out.activated};
}

ResidualBlock::Stream ResidualBlock::evaluate(const Stream& a, const End& end) const {
  at::Tensor h;
  if (inner) {
    const Affine affine = frozen(*inner, wide.bias);
    h = convolve(a.activated, wide.weight * per_output(affine.scale), affine.shift, wide.shape);
  } else {
    h = convolve(a.activated, wide.weight, wide.bias, wide.shape);
  }
  const Affine affine = frozen(norm, point.bias);
  const at::Tensor f =
      convolve(at::leaky_relu_(h, kSlope), point.weight * per_output(affine.scale), affine.shift, point.shape);
  const at::ScalarType type = end.value_or(f.scalar_type());
  const at::Tensor y = at::addcmul(f.to(type), a.value.to(type), per_channel(affine.scale.to(type)));
  return {y, end ? at::Tensor() : at::leaky_relu(y, kSlope)};
}

void ResidualBlock::list(const std::string& name, nn::State& out) const {
  wide.list(name + ".wide", out);
  if (inner) inner->list(name + ".inner", out);
  point.list(name + ".point", out);
  norm.list(name + ".norm", out);
}

}  // namespace autodidact::autoencoder
