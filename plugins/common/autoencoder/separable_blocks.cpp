#include "common/autoencoder/separable_blocks.hpp"

#include <ATen/ATen.h>

#include "common/autoencoder/maps.hpp"
#include "common/nn/drop_add.hpp"
#include "common/nn/norm_act.hpp"

namespace autodidact::autoencoder {
namespace {

// BatchNorm of the convolution: in training of what it gives without biases, see Separable::Unbiased.
at::Tensor normed(const Separable& conv, const nn::Snake* before, const nn::BatchNorm2d& norm, const at::Tensor& x,
                  bool training) {
  if (!training) return norm(conv(x, before), /*training=*/false);
  const Separable::Unbiased h = conv.unbiased(x, before);
  return nn::norm_act(norm, {h.y, {}, h.constant}, /*slope=*/1.0, nn::NormActWanted::normed).normed;
}

// A 1 x 1 convolution as a product over the rows of channels-last memory.
at::Tensor pointwise(const nn::Conv2d& conv, const at::Tensor& x) {
  const at::Tensor weight = conv.weight.flatten(1);  // (out, in)
  return map_of(at::linear(rows_of(x), weight, conv.bias), x.size(2), x.size(3));
}

}  // namespace

SeparableStrided::SeparableStrided(std::int64_t in, std::int64_t out, Taps taps, bool one_row)
    : conv_(in, out, taps, one_row), norm_(out), snake_(out) {}

at::Tensor SeparableStrided::operator()(const at::Tensor& x, const Mode& mode) const {
  return snake_(normed(conv_, nullptr, norm_, x, mode.training));
}

void SeparableStrided::list(const std::string& name, nn::State& out) const {
  conv_.list(name, out);
  norm_.list(name + ".norm", out);
  snake_.list(name + ".snake", out);
}

SeparableResidual::SeparableResidual(std::int64_t in, std::int64_t out, bool one_row)
    : before_(in),
      between_(out),
      first_(in, out, Taps::same, one_row),
      second_(out, out, Taps::same, one_row),
      norm_(out) {
  if (in != out) skip_.emplace(in, out, nn::ConvShape{});
}

at::Tensor SeparableResidual::operator()(const at::Tensor& x, const Mode& mode) const {
  const at::Tensor f = second_(normed(first_, &before_, norm_, x, mode.training), &between_);
  return nn::drop_add(f, skip_ ? pointwise(*skip_, x) : x, mode.training ? mode.dropout : 0.0);
}

void SeparableResidual::list(const std::string& name, nn::State& out) const {
  before_.list(name + ".before", out);
  first_.list(name + ".first", out);
  norm_.list(name + ".norm", out);
  between_.list(name + ".between", out);
  second_.list(name + ".second", out);
  if (skip_) skip_->list(name + ".skip", out);
}

}  // namespace autodidact::autoencoder
