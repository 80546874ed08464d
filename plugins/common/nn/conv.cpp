#include "common/nn/conv.hpp"

#include <ATen/ATen.h>

namespace autodidact::nn {

namespace {
std::int64_t taps(const ConvShape& shape) { return shape.kernel[0] * shape.kernel[1]; }
}  // namespace

Conv2d::Conv2d(std::int64_t in, std::int64_t out, const ConvShape& geometry)
    : weight(fan_in_uniform({out, in, geometry.kernel[0], geometry.kernel[1]}, in * taps(geometry))),
      bias(fan_in_uniform({out}, in * taps(geometry))),
      shape(geometry) {}

void Conv2d::list(const std::string& name, State& out) const {
  out.parameter(name + ".weight", weight);
  out.parameter(name + ".bias", bias);
}

ConvTranspose2d::ConvTranspose2d(std::int64_t in, std::int64_t out, const ConvShape& geometry)
    : weight(fan_in_uniform({in, out, geometry.kernel[0], geometry.kernel[1]}, out * taps(geometry))),
      bias(fan_in_uniform({out}, out * taps(geometry))),
      shape(geometry) {}

at::Tensor ConvTranspose2d::operator()(const at::Tensor& x) const {
  return at::conv_transpose2d(x, weight.to(x.scalar_type()), bias.to(x.scalar_type()), shape.stride, shape.padding);
}

void ConvTranspose2d::list(const std::string& name, State& out) const {
  out.parameter(name + ".weight", weight);
  out.parameter(name + ".bias", bias);
}

}  // namespace autodidact::nn
