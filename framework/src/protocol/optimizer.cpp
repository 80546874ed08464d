#include "protocol/optimizer.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace autodidact {

namespace {
constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEps = 1e-8;
}

double learning_rate(const TrainSettings& settings, std::int64_t t, std::int64_t total) {
  const double warm = std::ceil(settings.warmup * static_cast<double>(total));
  const double at = static_cast<double>(t);
  if (at < warm) return settings.lr * (at + 1.0) / warm;
  const double span = std::max(1.0, static_cast<double>(total) - warm);
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * (at - warm) / span));
  return settings.lr * (settings.lr_floor + (1.0 - settings.lr_floor) * cosine);
}

AdamW::AdamW(std::vector<Parameter> parameters, double weight_decay)
    : parameters_(std::move(parameters)), weight_decay_(weight_decay) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& p = parameters_[i];
    mean_.push_back(at::zeros_like(p.tensor.detach()));
    square_.push_back(at::zeros_like(p.tensor.detach()));
    steps_.push_back(at::zeros({}, at::kFloat));
    auto same = [&](const Group& g) { return g.lr_scale == p.lr_scale && g.decay == p.weight_decay; };
    auto found = std::find_if(groups_.begin(), groups_.end(), same);
    if (found == groups_.end()) found = groups_.insert(groups_.end(), Group{p.lr_scale, p.weight_decay, {}});
    found->members.push_back(i);
  }
}

void AdamW::zero_grad() {
  for (Parameter& p : parameters_) p.tensor.mutable_grad().reset();
}

void AdamW::step(double lr) {
  const at::NoGradGuard no_grad;
  for (const Group& group : groups_) {
    std::vector<at::Tensor> values, grads, means, squares, steps;
    for (const std::size_t i : group.members) {
      const at::Tensor& grad = parameters_[i].tensor.grad();
      if (!grad.defined()) continue;
      values.push_back(parameters_[i].tensor);
      grads.push_back(grad);
      means.push_back(mean_[i]);
      squares.push_back(square_[i]);
      steps.push_back(steps_[i].add_(1));
    }
    if (values.empty()) continue;
    at::_fused_adamw_(values, grads, means, squares, {}, steps, lr * group.lr_scale, kBeta1, kBeta2,
                      group.decay ? weight_decay_ : 0.0, kEps, /*amsgrad=*/false, /*maximize=*/false);
  }
}

std::vector<Buffer> AdamW::state() {
  std::vector<Buffer> all;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    all.push_back({"mean/" + parameters_[i].name, mean_[i]});
    all.push_back({"square/" + parameters_[i].name, square_[i]});
    all.push_back({"steps/" + parameters_[i].name, steps_[i]});
  }
  return all;
}

}  // namespace autodidact
