#include "barlow_twins_loss.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace autodidact::barlow_twins {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

double scale_of(const at::Tensor& z, const Options& options) {
  return options.mean_over_features ? 1.0 / static_cast<double>(z.size(1)) : 1.0;
}

at::Tensor standardised(const at::Tensor& z, const Options& options) {
  const at::Tensor centred = z - z.mean(0, /*keepdim=*/true);
  if (options.unbiased) return centred / (z.std(at::IntArrayRef{0}, /*unbiased=*/true, /*keepdim=*/true) + options.eps);
  return centred / (centred.square().mean(0, /*keepdim=*/true) + options.eps).sqrt();
}

// Standardised columns and what leads a gradient back through them:
// dz = inverse (d - mean(d)) - slope x sum(d x), where slope = d(divisor)/d(centred z) / x / divisor.
struct Standardised {
  at::Tensor x;        // (n, F)
  at::Tensor inverse;  // (F)
  at::Tensor slope;    // (F)
};

Standardised standardise(const at::Tensor& z, const Options& options) {
  const double n = static_cast<double>(z.size(0));
  Standardised s;
  s.x = z - z.mean(0, /*keepdim=*/true);
  const at::Tensor squares = s.x.square().sum(0);
  if (options.unbiased) {
    const at::Tensor std = (squares / (n - 1)).sqrt();
    s.inverse = (std + options.eps).reciprocal();
    s.slope = ((n - 1) * std).reciprocal().masked_fill_(std == 0, 0.0);
  } else {
    s.inverse = (squares / n + options.eps).rsqrt();
    s.slope = s.inverse / n;
  }
  s.x.mul_(s.inverse);
  return s;
}

at::Tensor standardise_backward(at::Tensor grad, const Standardised& s) {  // takes over the memory of grad
  const at::Tensor along = (grad * s.x).sum(0).mul_(s.slope);
  return grad.sub_(grad.mean(0, /*keepdim=*/true)).mul_(s.inverse).addcmul_(s.x, along, -1.0);
}

struct GramForm : torch::autograd::Function<GramForm> {
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& z_a, const at::Tensor& z_b, double lambda,
                             bool unbiased, double eps, double scale) {
    const double n = static_cast<double>(z_a.size(0));
    const Options options{.lambda = lambda, .unbiased = unbiased, .eps = eps};
    const Standardised a = standardise(z_a, options), b = standardise(z_b, options);
    const at::Tensor gram_a = at::mm(a.x, a.x.t()), gram_b = at::mm(b.x, b.x.t());  // (n, n)
    const at::Tensor diagonal = (a.x * b.x).sum(0) / n;                             // (F), C_ii
    const at::Tensor all = (gram_a * gram_b).sum() / (n * n);                       // sum_ij C_ij^2
    ctx->save_for_backward({a.x, a.inverse, a.slope, b.x, b.inverse, b.slope, gram_a, gram_b, diagonal});
    ctx->saved_data["lambda"] = lambda;
    ctx->saved_data["scale"] = scale;
    return {(1.0 - diagonal).square().sum() * scale, (all - diagonal.square().sum()) * (lambda * scale)};
  }

  // d(all)/dA = 2 K_B A / n^2 and d(C_ii)/dA_i = B_i / n, K_B = B B^T; likewise for B.
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Standardised a{saved[0], saved[1], saved[2]}, b{saved[3], saved[4], saved[5]};
    const double n = static_cast<double>(a.x.size(0)), scale = ctx->saved_data["scale"].toDouble();
    const at::Tensor invariance = grads[0] * scale;
    const at::Tensor redundancy = grads[1] * (scale * ctx->saved_data["lambda"].toDouble());
    const at::Tensor& diagonal = saved[8];
    const at::Tensor column = (invariance * (diagonal - 1.0) - redundancy * diagonal) * (2.0 / n);  // (F)
    const at::Tensor factor = redundancy * (2.0 / (n * n));
    const at::Tensor grad_a = at::addmm(b.x * column, saved[7] * factor, a.x);
    const at::Tensor grad_b = at::addmm(a.x * column, saved[6] * factor, b.x);
    return {standardise_backward(grad_a, a), standardise_backward(grad_b, b), {}, {}, {}, {}};
  }
};

}  // namespace

Terms barlow_twins_loss(const at::Tensor& a, const at::Tensor& b, const Options& options) {
  return a.size(0) < a.size(1) ? gram_form(a, b, options) : direct_form(a, b, options);
}

Terms direct_form(const at::Tensor& a, const at::Tensor& b, const Options& options) {
  const double scale = scale_of(a, options);
  const at::Tensor c =
      at::mm(standardised(a, options).t(), standardised(b, options)) / static_cast<double>(a.size(0));  // (F, F)
  const at::Tensor diagonal = c.diagonal();
  return {(1.0 - diagonal).square().sum() * scale,
          (c.square().sum() - diagonal.square().sum()) * (options.lambda * scale)};
}

Terms gram_form(const at::Tensor& a, const at::Tensor& b, const Options& options) {
  const tensor_list terms = GramForm::apply(a, b, options.lambda, options.unbiased, options.eps, scale_of(a, options));
  return {terms[0], terms[1]};
}

}  // namespace autodidact::barlow_twins
