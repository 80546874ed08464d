#include "golden.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "common/ssl/iter_norm.hpp"
#include "vibcreg_loss.hpp"

namespace autodidact::vibcreg {
namespace {

ssl::IterNorm iter_norm_of(const GoldenCase& golden, const at::Tensor& x) {
  ssl::IterNorm norm(x.size(1), golden.integer("num_groups_asked"), golden.integer("T"), /*affine=*/false);
  norm.eps = golden.real("eps");
  if (golden.has("momentum")) norm.momentum = golden.real("momentum");
  norm.running_mean = norm.running_mean.to(x.scalar_type());
  norm.running_matrix = norm.running_matrix.to(x.scalar_type());
  return norm;
}

}  // namespace

GoldenResult golden_loss(const GoldenCase& golden) {
  const at::AutoGradMode with_gradient(true);
  const Options options{.similarity = golden.real("lambda"), .variance = golden.real("mu"),
                        .covariance = golden.real("nu")};
  const at::Tensor z1 = golden.inputs.at("z1").detach().clone().set_requires_grad(true);
  const at::Tensor z2 = golden.inputs.at("z2").detach().clone().set_requires_grad(true);
  GoldenResult out;
  at::Tensor a = z1, b = z2;
  if (golden.has("num_groups_asked")) {
    const auto views = iter_norm_of(golden, z1)(at::stack({z1, z2}), /*training=*/true).unbind(0);
    a = views[0];
    b = views[1];
    out["whitened_z1"] = a.detach();
    out["whitened_z2"] = b.detach();
  }
  const Terms terms = vibcreg_terms(a, b);
  const at::Tensor loss = vibcreg_loss(terms, options);
  loss.backward();
  out["loss"] = loss.detach();
  out["term_similarity"] = terms.similarity.detach();
  out["term_variance"] = terms.variance.detach();
  out["term_covariance"] = terms.covariance.detach();
  out["grad_z1"] = z1.grad();
  out["grad_z2"] = z2.grad();
  return out;
}

GoldenResult golden_iter_norm(const GoldenCase& golden) {
  const at::AutoGradMode with_gradient(true);
  const at::Tensor x = golden.inputs.at("x").detach().clone().set_requires_grad(true);
  const ssl::IterNorm norm = iter_norm_of(golden, x);
  const at::Tensor y = norm(x.unsqueeze(0), /*training=*/true).squeeze(0);
  (y * golden.inputs.at("cotangent")).sum().backward();
  const at::NoGradGuard no_grad;
  return {{"y", y.detach()},
          {"grad_x", x.grad()},
          {"running_mean_after", norm.running_mean.clone()},
          {"running_wm_after", norm.running_matrix.clone()},
          {"running_wm_after_first_row", norm.running_matrix.narrow(1, 0, 1).clone()},
          {"y_eval", norm(golden.inputs.at("x_eval").unsqueeze(0), /*training=*/false).squeeze(0)}};
}

}  // namespace autodidact::vibcreg
