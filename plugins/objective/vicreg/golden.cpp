#include "golden.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "vicreg_loss.hpp"

namespace autodidact::vicreg {
namespace {

Terms evaluate(const GoldenCase& golden, bool halve, const std::string& suffix, GoldenResult& out) {
  const Options options{.similarity = golden.real("sim_coeff"),
                        .variance = golden.real("std_coeff"),
                        .covariance = golden.real("cov_coeff"),
                        .halve_variance = halve};
  const at::Tensor a = golden.inputs.at("z1").detach().clone().set_requires_grad(true);
  const at::Tensor b = golden.inputs.at("z2").detach().clone().set_requires_grad(true);
  const Terms terms = vicreg_terms(a, b, options);
  const at::Tensor loss = vicreg_loss(terms, options);
  loss.backward();
  out["loss" + suffix] = loss.detach();
  out["loss_float32" + suffix] =
      vicreg_loss(vicreg_terms(a.detach().to(at::kFloat), b.detach().to(at::kFloat), options), options);
  if (!suffix.empty() && a.size(1) >= 256) return terms;  // the file leaves out a second pair of large gradients
  out["grad_z1" + suffix] = a.grad();
  out["grad_z2" + suffix] = b.grad();
  return terms;
}

}  // namespace

GoldenResult golden_loss(const GoldenCase& golden) {
  const at::AutoGradMode with_gradient(true);
  GoldenResult out;
  const Terms terms = evaluate(golden, /*halve=*/true, "", out);
  out["term_similarity"] = terms.similarity.detach();
  out["term_variance"] = terms.variance.detach();
  out["term_covariance"] = terms.covariance.detach();
  evaluate(golden, /*halve=*/false, "_variance_not_halved", out);
  return out;
}

}  // namespace autodidact::vicreg
