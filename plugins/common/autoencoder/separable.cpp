#include "common/autoencoder/separable.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

namespace autodidact::autoencoder {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;
using Maybe = std::optional<at::Tensor>;

nn::DepthwiseShape shape_of(Taps taps, bool one_row) {
  nn::DepthwiseShape shape;
  shape.conv.kernel = {one_row ? 1 : 3, taps == Taps::same ? 3 : 4};
  shape.conv.stride = {1, taps == Taps::same ? 1 : 2};
  shape.conv.padding = {one_row ? 0 : 1, 1};
  shape.kind = taps == Taps::down ? nn::DepthwiseKind::replicated
               : taps == Taps::up ? nn::DepthwiseKind::transposed
                                  : nn::DepthwiseKind::padded;
  return shape;
}

at::Tensor channels_last(const at::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }
// (B, D, H, W) channels-last <-> (B H W, D), the same memory
at::Tensor rows(const at::Tensor& x) { return x.permute({0, 2, 3, 1}).view({-1, x.size(1)}); }
at::Tensor map(const at::Tensor& r, const at::Tensor& like) {
  return r.view({like.size(0), like.size(2), like.size(3), r.size(1)}).permute({0, 3, 1, 2});
}

// The pointwise weight as (in, out): a view.
at::Tensor matrix(const at::Tensor& weight, bool transposed) {
  const at::Tensor flat = weight.view({weight.size(0), weight.size(1)});
  return transposed ? flat : flat.t();
}

// What the operator is told besides tensors.
struct Form {
  const nn::DepthwiseShape& shape;
  bool transposed, biased;
};
void remember(AutogradContext* ctx, const Form& form) {
  const auto put = [&](const char* name, const std::array<std::int64_t, 2>& pair) {
    ctx->saved_data[name] = std::vector<std::int64_t>(pair.begin(), pair.end());
  };
  put("kernel", form.shape.conv.kernel);
  put("stride", form.shape.conv.stride);
  put("padding", form.shape.conv.padding);
  ctx->saved_data["kind"] = static_cast<std::int64_t>(form.shape.kind);
  ctx->saved_data["transposed"] = form.transposed;
  ctx->saved_data["biased"] = form.biased;
}
nn::DepthwiseShape recalled(AutogradContext* ctx) {
  const auto take = [&](const char* name) {
    const std::vector<std::int64_t> pair = ctx->saved_data[name].toIntVector();
    return std::array<std::int64_t, 2>{pair[0], pair[1]};
  };
  return {{take("kernel"), take("stride"), take("padding")},
          static_cast<nn::DepthwiseKind>(ctx->saved_data["kind"].toInt())};
}

struct SeparableOp : torch::autograd::Function<SeparableOp> {
  // -> y and the constant of the biases (undefined where they are added to y).
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& given, const Maybe& a, const Maybe& depth_g,
                             const at::Tensor& depth_v, const at::Tensor& depth_bias, const Maybe& point_g,
                             const at::Tensor& point_v, const at::Tensor& point_bias, const Form& form) {
    const at::Tensor x = channels_last(given), none;
    const at::Tensor depth = nn::scaled_weight(depth_g.value_or(none), depth_v);
    const at::Tensor point = nn::scaled_weight(point_g.value_or(none), point_v);
    const at::Tensor w = matrix(point, form.transposed);  // (in, out)
    const at::Tensor s = a ? nn::snake_values(x, *a) : x;
    const at::Tensor h = nn::depthwise_values(s, depth, form.biased ? depth_bias : none, form.shape);
    const at::Tensor y = form.biased ? at::addmm(point_bias, rows(h), w) : at::mm(rows(h), w);
    ctx->save_for_backward(
        {x, a.value_or(none), s, h, depth, point, depth_g.value_or(none), depth_v, point_g.value_or(none), point_v});
    ctx->set_materialize_grads(false);
    remember(ctx, form);
    if (form.biased) return {map(y, h)};
    const at::Tensor constant = at::addmv(point_bias, w.t(), depth_bias);
    ctx->mark_non_differentiable({constant});
    return {map(y, h), constant};
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &a = saved[1], &s = saved[2], &h = saved[3], &depth = saved[4], &point = saved[5];
    const bool transposed = ctx->saved_data["transposed"].toBool(), biased = ctx->saved_data["biased"].toBool();
    const at::Tensor dy = rows(channels_last(grads[0]));              // (R, out)
    const at::Tensor dh = at::mm(dy, matrix(point, transposed).t());  // (R, in)
    const at::Tensor dw = transposed ? at::mm(rows(h).t(), dy) : at::mm(dy.t(), rows(h));
    const nn::DepthwiseGradient d = nn::depthwise_gradient(s, depth, map(dh, h), recalled(ctx));
    const nn::ScaledWeightGradient dp = nn::scaled_weight_gradient(saved[8], saved[9], dw.view(point.sizes()));
    const nn::ScaledWeightGradient dd = nn::scaled_weight_gradient(saved[6], saved[7], d.weight);
    at::Tensor dx = d.x, da;
    if (a.defined()) {
      const nn::SnakeGradient snake = nn::snake_gradient(x, a, d.x);
      dx = snake.x, da = snake.a;
    }
    const at::Tensor d_point_bias = biased ? dy.sum(0) : at::zeros({dy.size(1)}, dy.options());
    return {dx, da, dd.g, dd.v, biased ? d.bias : at::zeros_like(d.bias), dp.g, dp.v, d_point_bias, at::Tensor()};
  }
};

Maybe maybe(const at::Tensor& t) { return t.defined() ? Maybe(t) : std::nullopt; }

nn::WeightNorm weight(at::IntArrayRef shape, std::int64_t fan_in, bool scaled) {
  const at::Tensor value = nn::fan_in_uniform(shape, fan_in);
  if (scaled) return nn::WeightNorm(value);
  nn::WeightNorm plain;
  plain.v = value;
  return plain;
}

void list_weight(const std::string& name, const nn::WeightNorm& weight, const at::Tensor& bias, nn::State& out) {
  if (weight.g.defined())
    weight.list(name, out);
  else
    out.parameter(name + ".weight", weight.v);
  out.parameter(name + ".bias", bias);
}

}  // namespace

Separable::Separable(std::int64_t in, std::int64_t out, Taps taps, bool one_row, bool scaled)
    : shape_(shape_of(taps, one_row)), transposed_(taps == Taps::up) {
  const std::int64_t each = shape_.conv.kernel[0] * shape_.conv.kernel[1];
  depth_ = weight({in, 1, shape_.conv.kernel[0], shape_.conv.kernel[1]}, each, scaled);
  depth_bias_ = nn::fan_in_uniform({in}, each);
  // PyTorch takes the fan from the second dimension, which for a transposed convolution is `out`.
  const std::int64_t fan = transposed_ ? out : in;
  point_ = transposed_ ? weight({in, out, 1, 1}, fan, scaled) : weight({out, in, 1, 1}, fan, scaled);
  point_bias_ = nn::fan_in_uniform({out}, fan);
}

at::Tensor Separable::operator()(const at::Tensor& x, const nn::Snake* before) const {
  return SeparableOp::apply(x, before ? Maybe(before->a) : std::nullopt, maybe(depth_.g), depth_.v, depth_bias_,
                            maybe(point_.g), point_.v, point_bias_, Form{shape_, transposed_, /*biased=*/true})[0];
}

Separable::Unbiased Separable::unbiased(const at::Tensor& x, const nn::Snake* before) const {
  const tensor_list out =
      SeparableOp::apply(x, before ? Maybe(before->a) : std::nullopt, maybe(depth_.g), depth_.v, depth_bias_,
                         maybe(point_.g), point_.v, point_bias_, Form{shape_, transposed_, /*biased=*/false});
  return {out[0], out[1]};
}

void Separable::list(const std::string& name, nn::State& out) const {
  list_weight(name + ".depth", depth_, depth_bias_, out);
  list_weight(name + ".point", point_, point_bias_, out);
}

}  // namespace autodidact::autoencoder
