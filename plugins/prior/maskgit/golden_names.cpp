#include "golden_names.hpp"

#include <ATen/ATen.h>

#include <map>
#include <stdexcept>

namespace autodidact::maskgit {
namespace {

std::map<std::string, at::Tensor> by_name(const nn::State& state) {
  std::map<std::string, at::Tensor> out;
  for (const Parameter& parameter : state.parameters) out[parameter.name] = parameter.tensor;
  for (const Buffer& buffer : state.buffers) out[buffer.name] = buffer.tensor;
  return out;
}

}  // namespace

void load_weights(const nn::State& state, const std::vector<Names>& names, const GoldenCase& golden) {
  const auto ours = by_name(state);
  if (names.size() != ours.size()) throw std::logic_error("maskgit: the table of reference names is incomplete");
  for (const Names& name : names) {
    std::vector<at::Tensor> parts;
    for (const std::string& their : name.theirs) parts.push_back(golden.inputs.at("w:" + their));
    at::Tensor target = ours.at(name.ours);
    at::Tensor value = at::cat(parts, 0);
    if (name.rows > 0) value = value.narrow(0, 0, name.rows).clone();
    if (value.sizes() != target.sizes())
      throw std::runtime_error("golden weight '" + name.theirs.front() + "' has another shape than '" + name.ours +
                               "'");
    target.set_data(value);
  }
}

void store_gradients(const nn::State& state, const std::vector<Names>& names, const GoldenCase& golden,
                     GoldenResult& out) {
  const auto ours = by_name(state);
  for (const Names& name : names) {
    const at::Tensor tensor = ours.at(name.ours);
    // The gradient of the v of a vector is 0. What is stored is rounding noise of 1e-8, which cannot be compared.
    if (!tensor.requires_grad() || name.ours.ends_with("up_gain.v")) continue;
    at::Tensor grad = tensor.grad();
    if (name.rows > 0) {
      at::Tensor all = at::zeros_like(golden.inputs.at("w:" + name.theirs.front()));
      all.narrow(0, 0, name.rows).copy_(grad);
      grad = all;
    }
    std::int64_t row = 0;
    for (const std::string& their : name.theirs) {
      const std::int64_t rows = golden.inputs.at("w:" + their).size(0);
      out["grad:" + their] = grad.narrow(0, row, rows).clone();
      row += rows;
    }
  }
}

at::Tensor golden_classes(const GoldenCase& golden, std::int64_t batch, std::int64_t none) {
  const auto given = golden.inputs.find("class");
  if (given != golden.inputs.end()) return given->second.to(at::kLong).view({-1});
  return at::full({batch}, none, at::TensorOptions().dtype(at::kLong));
}

}  // namespace autodidact::maskgit
