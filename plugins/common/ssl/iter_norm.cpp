#include "common/ssl/iter_norm.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <vector>

namespace autodidact::ssl {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// (V, B, F) -> (V * groups, B, c) and back, each one copy.
at::Tensor to_groups(const at::Tensor& x, std::int64_t c) {
  const std::int64_t V = x.size(0), B = x.size(1), groups = x.size(2) / c;
  return x.view({V, B, groups, c}).transpose(1, 2).reshape({V * groups, B, c});
}
at::Tensor from_groups(const at::Tensor& x, std::int64_t views) {
  const std::int64_t B = x.size(1), c = x.size(2), groups = x.size(0) / views;
  return x.view({views, groups, B, c}).transpose(1, 2).reshape({views, B, groups * c});
}

at::Tensor traces(const at::Tensor& s) {  // (G, c, c) -> (G, 1, 1)
  return s.diagonal(0, 1, 2).sum(-1).view({-1, 1, 1});
}

// P_0 = I, so that P_1 takes no product; from then on P_k^2 and P_k^3 are kept for the gradient.
struct Iteration {
  std::vector<at::Tensor> p, p2, p3;  // of k = 1 .. T - 1
  at::Tensor last;                    // P_T
};
Iteration iterate(const at::Tensor& s_n, std::int64_t steps) {
  Iteration it;
  it.last = -0.5 * s_n;
  it.last.diagonal(0, 1, 2).add_(1.5);
  for (std::int64_t k = 1; k < steps; ++k) {
    it.p.push_back(it.last);
    it.p2.push_back(at::bmm(it.p.back(), it.p.back()));
    it.p3.push_back(at::bmm(it.p2.back(), it.p.back()));
    it.last = at::baddbmm(it.p.back(), it.p3.back(), s_n, 1.5, -0.5);
  }
  return it;
}

// From the gradient of P_T to that of S_N. With Q = P P P S_N and A = dQ S_N^T:
// dP = A (P^2)^T + P^T A P^T + (P^2)^T A and dS_N = (P^3)^T dQ.
at::Tensor iterate_backward(at::Tensor grad, const Iteration& it, const at::Tensor& s_n) {
  at::Tensor grad_s = at::zeros_like(s_n);
  for (std::size_t k = it.p.size(); k-- > 0;) {
    const at::Tensor p_t = it.p[k].transpose(1, 2), p2_t = it.p2[k].transpose(1, 2);
    const at::Tensor a = at::bmm(grad, s_n.transpose(1, 2));
    grad_s.baddbmm_(it.p3[k].transpose(1, 2), grad, 1.0, -0.5);
    grad = at::baddbmm(grad, a, p2_t, 1.5, -0.5);
    grad.baddbmm_(at::bmm(p_t, a), p_t, 1.0, -0.5);
    grad.baddbmm_(p2_t, a, 1.0, -0.5);
  }
  return grad_s.sub_(grad, 0.5);  // P_1 = 1.5 I - 0.5 S_N
}

struct Whiten : torch::autograd::Function<Whiten> {
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& input, std::int64_t c, std::int64_t steps,
                             double eps) {
    const std::int64_t V = input.size(0), B = input.size(1), groups = input.size(2) / c;
    at::Tensor x = to_groups(input, c);
    const at::Tensor mean = x.mean(1, /*keepdim=*/true);  // (V * groups, 1, c)
    x = x - mean;
    at::Tensor s_n = at::bmm(x.transpose(1, 2), x).div_(static_cast<double>(B));
    s_n.diagonal(0, 1, 2).add_(eps);
    const at::Tensor per_trace = traces(s_n).reciprocal();
    s_n.mul_(per_trace);
    const Iteration it = iterate(s_n, steps);
    const at::Tensor w = it.last * per_trace.sqrt();
    const at::Tensor y = from_groups(at::bmm(x, w.transpose(1, 2)), V);
    const at::Tensor mean_out = mean.reshape({V, groups, c, 1}), w_out = w.view({V, groups, c, c});

    std::vector<at::Tensor> saved{x, s_n, per_trace, it.last};
    for (const auto* list : {&it.p, &it.p2, &it.p3}) saved.insert(saved.end(), list->begin(), list->end());
    ctx->save_for_backward(saved);
    ctx->mark_non_differentiable({mean_out, w_out});
    return {y, mean_out, w_out};
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &s_n = saved[1], &per_trace = saved[2];
    Iteration it;
    it.last = saved[3];
    const std::size_t products = (saved.size() - 4) / 3;
    for (std::size_t k = 0; k < products; ++k) {
      it.p.push_back(saved[4 + k]);
      it.p2.push_back(saved[4 + products + k]);
      it.p3.push_back(saved[4 + 2 * products + k]);
    }
    const std::int64_t views = grads[0].size(0), B = x.size(1);
    const at::Tensor root = per_trace.sqrt();
    const at::Tensor grad_y = to_groups(grads[0].contiguous(), x.size(2));  // (V * groups, B, c)
    const at::Tensor grad_w = at::bmm(grad_y.transpose(1, 2), x);
    at::Tensor grad_s = iterate_backward(grad_w * root, it, s_n);  // of S_N
    // W = P_T tr(S)^(-1/2) and S_N = S / tr(S); S_N itself then becomes S by the same divisor.
    const auto over_matrix = [](const at::Tensor& m) { return m.sum(at::IntArrayRef{1, 2}, /*keepdim=*/true); };
    const at::Tensor grad_trace =
        -0.5 * over_matrix(grad_w * it.last) * root * per_trace - over_matrix(grad_s * s_n) * per_trace;
    grad_s = grad_s * per_trace;
    grad_s.diagonal(0, 1, 2).add_(grad_trace.view({-1, 1}));
    at::Tensor grad_x = at::bmm(grad_y, it.last * root);
    grad_x.sub_(grad_x.mean(1, /*keepdim=*/true));  // the other part below has no mean: x is centred
    grad_x.baddbmm_(x, grad_s + grad_s.transpose(1, 2), 1.0, 1.0 / static_cast<double>(B));
    return {from_groups(grad_x, views), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

std::int64_t channels_per_group(std::int64_t features, std::int64_t groups) {
  std::int64_t channels = (features + groups - 1) / groups;
  while (features % channels != 0) channels /= 2;
  return channels;
}

Whitened whiten(const at::Tensor& x, std::int64_t channels, std::int64_t steps, double eps) {
  const tensor_list out = Whiten::apply(x.contiguous(), channels, steps, eps);
  return {out[0], out[1], out[2]};
}

IterNorm::IterNorm(std::int64_t features, std::int64_t groups, std::int64_t steps_, bool affine)
    : channels(channels_per_group(features, groups)), steps(steps_) {
  if (affine) {
    weight = nn::leaf(at::ones({features}));
    bias = nn::leaf(at::zeros({features}));
  }
  const std::int64_t used = features / channels;
  running_mean = at::zeros({used, channels, 1});
  running_matrix = at::eye(channels).repeat({used, 1, 1});
}

at::Tensor IterNorm::operator()(const at::Tensor& x, bool training) const {
  at::Tensor y;
  if (training) {
    const Whitened w = whiten(x, channels, steps, eps);
    const at::NoGradGuard no_grad;
    for (std::int64_t v = 0; v < x.size(0); ++v) {
      running_mean.mul_(1.0 - momentum).add_(w.mean[v], momentum);
      running_matrix.mul_(1.0 - momentum).add_(w.matrix[v], momentum);
    }
    y = w.y;
  } else {
    // differs: the published code gives no gradient in evaluation mode; this does.
    const at::Tensor groups =
        to_groups(x.contiguous(), channels) - running_mean.transpose(1, 2).repeat({x.size(0), 1, 1});
    y = from_groups(at::bmm(groups, running_matrix.transpose(1, 2).repeat({x.size(0), 1, 1})), x.size(0));
  }
  return weight.defined() ? at::addcmul(bias, y, weight) : y;
}

void IterNorm::list(const std::string& name, nn::State& out) const {
  if (weight.defined()) {
    out.parameter(name + ".weight", weight);
    out.parameter(name + ".bias", bias);
  }
  out.buffer(name + ".running_mean", running_mean);
  out.buffer(name + ".running_matrix", running_matrix);
}

}  // namespace autodidact::ssl
