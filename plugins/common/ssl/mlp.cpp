#include "common/ssl/mlp.hpp"

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

// What autograd is told of: weight, bias, gain and shift of each hidden layer, then weight and bias of the last.
std::vector<at::Tensor> parameters_of(const Mlp& m) {
  std::vector<at::Tensor> all;
  for (const Mlp::Hidden& h : m.hidden)
    all.insert(all.end(), {h.linear.weight, h.linear.bias, h.norm.weight, h.norm.bias});
  all.push_back(m.last.weight);
  if (m.last.bias.defined()) all.push_back(m.last.bias);
  return all;
}

// A hidden layer's part of what is saved for the backward pass.
constexpr std::size_t kKept = 7;
struct Kept {
  at::Tensor input, weight, gain, h;
  Activated activated;
  explicit Kept(const at::Tensor* saved)
      : input(saved[0]), weight(saved[1]), gain(saved[2]), h(saved[3]), activated{saved[4], {saved[5], {}, saved[6]}} {}
};

// Training pass over both views. A bias in front of batch normalisation is taken away again with the mean: it is not
// added, and its gradient is exactly zero.
struct Pass : torch::autograd::Function<Pass> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, at::TensorList /*parameters_of(m)*/,
                            const Mlp* m) {
    const at::ScalarType type = m->precision == Precision::bf16 ? at::kBFloat16 : x.scalar_type();
    const std::int64_t rows = x.size(0) / kViews;
    std::vector<at::Tensor> saved;
    at::Tensor input = x.to(type);
    for (const Mlp::Hidden& layer : m->hidden) {
      const at::Tensor weight = layer.linear.weight.to(type);
      const at::Tensor h = at::mm(input, weight.t());  // (2B, width)
      const Activated a = norm_relu(h, kViews, layer.norm.weight, layer.norm.bias, layer.norm.eps);
      follow(layer.norm, a.moments, layer.linear.bias, rows);
      saved.insert(saved.end(), {input, weight, layer.norm.weight, h, a.out, a.moments.mean, a.moments.inverse});
      input = a.out;
    }
    const at::Tensor weight = m->last.weight.to(type), bias = m->last.bias;
    saved.insert(saved.end(), {input, weight});
    ctx->save_for_backward(saved);
    ctx->saved_data["input_type"] = static_cast<std::int64_t>(x.scalar_type());
    ctx->saved_data["last_bias"] = bias.defined();
    if (!bias.defined()) return at::mm(input, weight.t()).to(x.scalar_type());
    if (type == x.scalar_type()) return at::addmm(bias, input, weight.t());
    return at::mm(input, weight.t()).to(x.scalar_type()).add_(bias);
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const std::size_t layers = (saved.size() - 2) / kKept;
    const at::Tensor &last_input = saved[layers * kKept], &last_weight = saved[layers * kKept + 1];
    const auto type = static_cast<at::ScalarType>(ctx->saved_data["input_type"].toInt());

    at::Tensor d = grads[0].to(last_weight.scalar_type()).contiguous(), weight = last_weight;  // d: (2B, width)
    tensor_list out(1 + 4 * layers);
    out.push_back(at::mm(d.t(), last_input).to(type));
    if (ctx->saved_data["last_bias"].toBool()) out.push_back(grads[0].sum(0));
    for (std::size_t k = layers; k-- > 0;) {
      const Kept layer(&saved[k * kKept]);
      const NormReluGradient n = norm_relu_backward(at::mm(d, weight), layer.h, layer.activated, layer.gain);
      out[1 + 4 * k] = at::mm(n.h.t(), layer.input).to(type);
      out[2 + 4 * k] = at::zeros_like(n.gain);
      out[3 + 4 * k] = n.gain;
      out[4 + 4 * k] = n.shift;
      d = n.h;
      weight = layer.weight;
    }
    if (ctx->needs_input_grad(0)) out[0] = at::mm(d, weight).to(type);
    out.emplace_back();  // of the pointer
    return out;
  }
};

}  // namespace

Mlp::Mlp(const std::vector<std::int64_t>& widths, Precision precision_, bool last_bias) : precision(precision_) {
  for (std::size_t i = 0; i + 2 < widths.size(); ++i)
    hidden.push_back({nn::Linear(widths[i], widths[i + 1]), nn::BatchNorm(widths[i + 1])});
  last = nn::Linear(widths[widths.size() - 2], widths.back(), last_bias);
}

std::pair<at::Tensor, at::Tensor> Mlp::operator()(const at::Tensor& a, const at::Tensor& b) const {
  if (!training || !a.is_cpu()) return {layer_by_layer(a), layer_by_layer(b)};
  const std::vector<at::Tensor> parameters = parameters_of(*this);
  const at::Tensor y = Pass::apply(at::cat({a, b}), at::TensorList(parameters), this);
  const auto views = y.view({kViews, a.size(0), y.size(1)}).unbind(0);
  return {views[0], views[1]};
}

at::Tensor Mlp::layer_by_layer(const at::Tensor& x) const {
  const at::ScalarType type = precision == Precision::bf16 ? at::kBFloat16 : x.scalar_type();
  at::Tensor y = x;
  for (const Hidden& layer : hidden) y = at::relu(layer.norm(layer.linear(y, type).to(x.scalar_type()), training));
  return last(y, type).to(x.scalar_type());
}

Mlp Mlp::copy_without_gradient() const {
  Mlp copy = *this;
  const auto own = [](at::Tensor& t) {
    if (t.defined()) t = t.detach().clone();
  };
  for (Hidden& layer : copy.hidden)
    for (at::Tensor* t : {&layer.linear.weight, &layer.linear.bias, &layer.norm.weight, &layer.norm.bias,
                          &layer.norm.running_mean, &layer.norm.running_var})
      own(*t);
  own(copy.last.weight);
  own(copy.last.bias);
  return copy;
}

void Mlp::list(const std::string& name, nn::State& out) const {
  std::size_t number = 1;
  for (const Hidden& layer : hidden) {
    layer.linear.list(name + ".linear" + std::to_string(number), out);
    layer.norm.list(name + ".norm" + std::to_string(number), out);
    ++number;
  }
  last.list(name + ".linear" + std::to_string(number), out);
}

}  // namespace autodidact::ssl
