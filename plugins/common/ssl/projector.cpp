#include "common/ssl/projector.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "common/ssl/column_norm.hpp"

namespace autodidact::ssl {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr std::int64_t kViews = 2;

// One step of the running statistics for each view, in order, as two calls of a layer make. The layer's input is h +
// bias: the bias moves the mean and nothing else.
void follow(const nn::BatchNorm& norm, const ColumnMoments& moments, const at::Tensor& bias, std::int64_t rows) {
  const double n = static_cast<double>(rows);
  for (std::int64_t v = 0; v < kViews; ++v) {
    norm.running_mean.mul_(1.0 - norm.momentum).add_(moments.mean[v] + bias, norm.momentum);
    norm.running_var.mul_(1.0 - norm.momentum).add_(moments.variance[v], norm.momentum * n / (n - 1.0));
  }
}

// Training pass over both views. A bias in front of batch normalisation is taken away again with the mean: it is not
// added, and its gradient is exactly zero.
struct Pass : torch::autograd::Function<Pass> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& w1, const at::Tensor& c1,
                            const at::Tensor& g1, const at::Tensor& s1, const at::Tensor& w2, const at::Tensor& c2,
                            const at::Tensor& g2, const at::Tensor& s2, const at::Tensor& w3, const at::Tensor& c3,
                            const Projector* p) {
    const at::ScalarType type = p->precision == Precision::bf16 ? at::kBFloat16 : x.scalar_type();
    const std::int64_t rows = x.size(0) / kViews;
    const at::Tensor x0 = x.to(type), v1 = w1.to(type), v2 = w2.to(type), v3 = w3.to(type);
    const at::Tensor h1 = at::mm(x0, v1.t());  // (2B, width)
    const Activated a1 = norm_relu(h1, kViews, g1, s1, p->first_norm.eps);
    const at::Tensor h2 = at::mm(a1.out, v2.t());
    const Activated a2 = norm_relu(h2, kViews, g2, s2, p->second_norm.eps);
    follow(p->first_norm, a1.moments, c1, rows);
    follow(p->second_norm, a2.moments, c2, rows);
    ctx->save_for_backward({x0, v1, v2, v3, g1, g2, h1, a1.out, a1.moments.mean, a1.moments.inverse, h2, a2.out,
                            a2.moments.mean, a2.moments.inverse});
    ctx->saved_data["input_type"] = static_cast<std::int64_t>(x.scalar_type());
    if (type == x.scalar_type()) return at::addmm(c3, a2.out, v3.t());
    return at::mm(a2.out, v3.t()).to(x.scalar_type()).add_(c3);
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x0 = saved[0], &v1 = saved[1], &v2 = saved[2], &v3 = saved[3], &h1 = saved[6], &h2 = saved[10];
    const Activated a1{saved[7], {saved[8], {}, saved[9]}}, a2{saved[11], {saved[12], {}, saved[13]}};
    const auto type = static_cast<at::ScalarType>(ctx->saved_data["input_type"].toInt());
    const auto zeros = [&](const at::Tensor& like) { return at::zeros_like(like); };

    const at::Tensor d3 = grads[0].to(x0.scalar_type()).contiguous();  // (2B, width)
    const at::Tensor c3 = grads[0].sum(0);
    const at::Tensor w3 = at::mm(d3.t(), a2.out).to(type);
    const NormReluGradient n2 = norm_relu_backward(at::mm(d3, v3), h2, a2, saved[5]);
    const at::Tensor w2 = at::mm(n2.h.t(), a1.out).to(type);
    const NormReluGradient n1 = norm_relu_backward(at::mm(n2.h, v2), h1, a1, saved[4]);
    const at::Tensor w1 = at::mm(n1.h.t(), x0).to(type);
    const at::Tensor x = ctx->needs_input_grad(0) ? at::mm(n1.h, v1).to(type) : at::Tensor();
    return {x, w1, zeros(n1.gain), n1.gain, n1.shift, w2, zeros(n2.gain), n2.gain, n2.shift, w3, c3, at::Tensor()};
  }
};

}  // namespace

Projector::Projector(std::int64_t in, std::int64_t width, Precision precision_)
    : first(in, width),
      second(width, width),
      third(width, width),
      first_norm(width),
      second_norm(width),
      precision(precision_) {}

std::pair<at::Tensor, at::Tensor> Projector::operator()(const at::Tensor& a, const at::Tensor& b) const {
  if (!training || !a.is_cpu()) return {layer_by_layer(a), layer_by_layer(b)};
  const at::Tensor y =
      Pass::apply(at::cat({a, b}), first.weight, first.bias, first_norm.weight, first_norm.bias, second.weight,
                  second.bias, second_norm.weight, second_norm.bias, third.weight, third.bias, this);
  const auto views = y.view({kViews, a.size(0), y.size(1)}).unbind(0);
  return {views[0], views[1]};
}

at::Tensor Projector::layer_by_layer(const at::Tensor& x) const {
  const at::ScalarType type = precision == Precision::bf16 ? at::kBFloat16 : x.scalar_type();
  const auto hidden = [&](const nn::Linear& linear, const nn::BatchNorm& norm, const at::Tensor& input) {
    return at::relu(norm(linear(input, type).to(x.scalar_type()), training));
  };
  return third(hidden(second, second_norm, hidden(first, first_norm, x)), type).to(x.scalar_type());
}

void Projector::list(const std::string& name, nn::State& out) const {
  first.list(name + ".linear1", out);
  first_norm.list(name + ".norm1", out);
  second.list(name + ".linear2", out);
  second_norm.list(name + ".norm2", out);
  third.list(name + ".linear3", out);
}

}  // namespace autodidact::ssl
