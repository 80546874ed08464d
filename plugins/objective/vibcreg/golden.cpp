#include "golden.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <vector>

#include "common/ssl/iter_norm.hpp"
#include "vibcreg_loss.hpp"

namespace autodidact::vibcreg {
namespace {

constexpr std::int64_t kLarge = 256;  // features or channels of a group from which the files leave out large arrays

ssl::IterNorm iter_norm_of(const GoldenCase& golden, const at::Tensor& x) {
  ssl::IterNorm norm(x.size(1), golden.integer("num_groups_asked"), golden.integer("T"), /*affine=*/false);
  norm.eps = golden.real("eps");
  if (golden.has("momentum")) norm.momentum = golden.real("momentum");
  norm.running_mean = norm.running_mean.to(x.scalar_type());
  norm.running_matrix = norm.running_matrix.to(x.scalar_type());
  return norm;
}

// What the loss sees: the views, behind iterative normalisation where the group asks for it.
std::vector<at::Tensor> compared_views(const GoldenCase& golden, const at::Tensor& z1, const at::Tensor& z2) {
  if (!golden.has("num_groups_asked")) return {z1, z2};
  return iter_norm_of(golden, z1)(at::stack({z1, z2}), /*training=*/true).unbind(0);
}

}  // namespace

GoldenResult golden_loss(const GoldenCase& golden) {
  const at::AutoGradMode with_gradient(true);
  const Options options{
      .similarity = golden.real("lambda"), .variance = golden.real("mu"), .covariance = golden.real("nu")};
  const at::Tensor z1 = golden.inputs.at("z1").detach().clone().set_requires_grad(true);
  const at::Tensor z2 = golden.inputs.at("z2").detach().clone().set_requires_grad(true);
  const std::vector<at::Tensor> views = compared_views(golden, z1, z2);
  const Terms terms = vibcreg_terms(views[0], views[1]);
  const at::Tensor loss = vibcreg_loss(terms, options);
  loss.backward();
  GoldenResult out = {{"loss", loss.detach()},
                      {"term_similarity", terms.similarity.detach()},
                      {"term_variance", terms.variance.detach()},
                      {"term_covariance", terms.covariance.detach()},
                      {"grad_z1", z1.grad()},
                      {"grad_z2", z2.grad()}};
  if (golden.has("num_groups_asked") && z1.size(1) < kLarge) {
    out["whitened_z1"] = views[0].detach();
    out["whitened_z2"] = views[1].detach();
  }
  const std::vector<at::Tensor> narrow = compared_views(golden, z1.detach().to(at::kFloat), z2.detach().to(at::kFloat));
  out["loss_float32"] = vibcreg_loss(vibcreg_terms(narrow[0], narrow[1]), options);
  return out;
}

GoldenResult golden_iter_norm(const GoldenCase& golden) {
  const at::AutoGradMode with_gradient(true);
  const at::Tensor x = golden.inputs.at("x").detach().clone().set_requires_grad(true);
  const ssl::IterNorm norm = iter_norm_of(golden, x);
  const at::Tensor y = norm(x.unsqueeze(0), /*training=*/true).squeeze(0);
  (y * golden.inputs.at("cotangent")).sum().backward();
  const at::NoGradGuard no_grad;
  GoldenResult out = {{"y", y.detach()},
                      {"grad_x", x.grad()},
                      {"running_mean_after", norm.running_mean.clone()},
                      {"y_eval", norm(golden.inputs.at("x_eval").unsqueeze(0), /*training=*/false).squeeze(0)}};
  if (norm.channels < kLarge)
    out["running_wm_after"] = norm.running_matrix.clone();
  else
    out["running_wm_after_first_row"] = norm.running_matrix.narrow(1, 0, 1).clone();
  return out;
}

}  // namespace autodidact::vibcreg
