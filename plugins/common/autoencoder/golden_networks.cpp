#include "common/autoencoder/golden_networks.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "autodidact/plugin/error.hpp"

namespace autodidact::autoencoder {

void GoldenNames::add_conv(const std::string& ours, const std::string& theirs) {
  for (const char* part : {".weight", ".bias"}) add(ours + part, theirs + part);
}

void GoldenNames::add_weight_norm(const std::string& ours, const std::string& theirs) {
  add(ours + ".g", theirs + ".weight_g");
  add(ours + ".v", theirs + ".weight_v");
}

void GoldenNames::add_norm(const std::string& ours, const std::string& theirs) {
  add_conv(ours, theirs);
  for (const char* part : {".running_mean", ".running_var"}) add(ours + part, theirs + part);
}

const std::string& GoldenNames::at(const std::string& ours) const {
  const auto found = names_.find(ours);
  if (found == names_.end()) throw std::logic_error("the reference has no name for '" + ours + "'");
  return found->second;
}

void GoldenNames::load(const nn::State& state, const GoldenCase& golden) const {
  const auto take = [&](const std::string& name, at::Tensor tensor) {
    const auto found = golden.inputs.find("w:" + at(name));
    if (found == golden.inputs.end()) throw DataError("golden weight '" + at(name) + "' is missing");
    if (found->second.numel() != tensor.numel())
      throw DataError("golden weight '" + at(name) + "' has another size than '" + name + "'");
    tensor.set_data(found->second.clone().view(tensor.sizes()));
  };
  for (const Parameter& parameter : state.parameters) take(parameter.name, parameter.tensor);
  for (const Buffer& buffer : state.buffers) take(buffer.name, buffer.tensor);
}

// Evaluation with the given running statistics first: training moves them.
GoldenResult run_golden(const GoldenNetwork& network, const nn::State& state, const GoldenNames& names,
                        const GoldenCase& golden, const std::function<bool(const std::string&)>& left_out) {
  const at::Tensor x = golden.inputs.at("x").clone().requires_grad_(true);
  GoldenResult out;
  {
    const at::NoGradGuard no_grad;
    out["y_eval"] = network(x, /*training=*/false);
  }
  const at::AutoGradMode with_gradient(true);
  const at::Tensor y = network(x, /*training=*/true);
  (y * golden.inputs.at("cotangent")).sum().backward();
  out["y_train"] = y.detach();
  out["grad_x_train"] = x.grad();
  for (const Parameter& parameter : state.parameters) {
    // The bias before a batch norm has gradient 0, and here exactly so. What is stored is rounding noise, which cannot
    // be compared.
    const at::Tensor grad = parameter.tensor.grad();
    if (grad.dim() == 1 && grad.count_nonzero().item<std::int64_t>() == 0) continue;
    if (left_out && left_out(parameter.name)) continue;
    const std::string& theirs = names.at(parameter.name);
    out["grad:" + theirs] = grad.view(golden.inputs.at("w:" + theirs).sizes());
  }
  return out;
}

}  // namespace autodidact::autoencoder
