#include "golden.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "barlow_twins_loss.hpp"

namespace autodidact::barlow_twins {
namespace {

void evaluate(const GoldenCase& golden, const Options& options, const std::string& suffix, GoldenResult& out) {
  const at::Tensor a = golden.inputs.at("z1").detach().clone().set_requires_grad(true);
  const at::Tensor b = golden.inputs.at("z2").detach().clone().set_requires_grad(true);
  const Terms terms = barlow_twins_loss(a, b, options);
  const at::Tensor loss = terms.invariance + terms.redundancy;
  loss.backward();
  out["loss" + suffix] = loss.detach();
  if (suffix.empty()) {  // of the other variant the file does not say how far the reference itself is off in float32
    const Terms narrow = barlow_twins_loss(a.detach().to(at::kFloat), b.detach().to(at::kFloat), options);
    out["loss_float32"] = narrow.invariance + narrow.redundancy;
  }
  if (!suffix.empty() && a.size(1) >= 256) return;  // the file leaves out a second pair of large gradients
  out["grad_z1" + suffix] = a.grad();
  out["grad_z2" + suffix] = b.grad();
}

}  // namespace

GoldenResult golden_loss(const GoldenCase& golden) {
  const at::AutoGradMode with_gradient(true);
  GoldenResult out;
  evaluate(golden, {.lambda = golden.real("lambda"), .eps = golden.real("batch_norm_eps"), .mean_over_features = false},
           "", out);
  const std::string suffix = "_unbiased_std_mean_over_F";
  evaluate(golden, {.lambda = golden.real("lambda" + suffix), .unbiased = true, .eps = 1e-8}, suffix, out);
  return out;
}

}  // namespace autodidact::barlow_twins
