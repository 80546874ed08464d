// Snapshots of state, and the small optimiser.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <cstring>
#include <stdexcept>

#include "host/conformance/bench.hpp"
#include "host/convert.hpp"

namespace autodidact {

State snapshot(const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers) {
  State state;
  for (const Parameter& p : parameters) state.emplace_back("parameter '" + p.name + "'", p.tensor.detach().clone());
  for (const Buffer& b : buffers) state.emplace_back("buffer '" + b.name + "'", b.tensor.detach().clone());
  return state;
}

namespace {

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) return false;
  const at::Tensor x = a.contiguous(), y = b.contiguous();
  return x.numel() == 0 || std::memcmp(x.const_data_ptr(), y.const_data_ptr(), x.nbytes()) == 0;
}

}  // namespace

std::string state_difference(const State& before, const State& after) {
  if (before.size() != after.size())
    return std::to_string(before.size()) + " entries, then " + std::to_string(after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].first != after[i].first) return before[i].first + ", then " + after[i].first + " in its place";
    if (!same_bits(before[i].second, after[i].second)) return before[i].first + " differs";
  }
  return "";
}

void restore(const State& state, const std::vector<Parameter>& parameters, const std::vector<Buffer>& buffers) {
  const at::NoGradGuard no_grad;
  State target;  // the object's own tensors
  for (const Parameter& p : parameters) target.emplace_back("parameter '" + p.name + "'", p.tensor);
  for (const Buffer& b : buffers) target.emplace_back("buffer '" + b.name + "'", b.tensor);
  if (target.size() != state.size())
    throw std::runtime_error("a second object has another number of parameters and buffers");
  for (std::size_t i = 0; i < state.size(); ++i) {
    const at::Tensor saved = to_tensor(to_array(state[i].second));
    at::Tensor& place = target[i].second;
    if (target[i].first != state[i].first || place.sizes() != saved.sizes() ||
        place.scalar_type() != saved.scalar_type())
      throw std::runtime_error(state[i].first + ": a second object has another name, shape or type there");
    place.copy_(saved);
  }
}

void BenchOptimizer::step(const std::vector<Parameter>& parameters) {
  const at::NoGradGuard no_grad;
  moments_.resize(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor p = parameters[i].tensor;
    if (!p.grad().defined()) continue;
    Moments& m = moments_[i];
    if (!m.first.defined()) m = {at::zeros_like(p), at::zeros_like(p), at::zeros({}, at::kFloat)};
    m.steps += 1;
    at::_fused_adamw_({p}, {p.grad()}, {m.first}, {m.second}, {}, {m.steps}, lr_ * parameters[i].lr_scale, 0.9, 0.999,
                      parameters[i].weight_decay ? 1e-3 : 0.0, 1e-8, false, false);
  }
  clear_gradients(parameters);
}

void clear_gradients(const std::vector<Parameter>& parameters) {
  for (const Parameter& p : parameters) at::Tensor(p.tensor).mutable_grad().reset();
}

}  // namespace autodidact
