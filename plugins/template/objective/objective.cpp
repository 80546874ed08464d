#include "objective.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "agree_spread.hpp"

namespace autodidact::agree_spread {
namespace {

// What PyTorch's linear layers start from, drawn from the default generator, which the host has set.
at::Tensor start(at::IntArrayRef shape, std::int64_t inputs) {
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  return at::empty(shape).uniform_(-bound, bound).requires_grad_();
}

}  // namespace

ProjectedViews::ProjectedViews(const Params& params, const Context& context) : params_(params) {
  const std::int64_t width = params.integer("width");
  weight_in_ = start({width, context.pooled}, context.pooled);
  bias_in_ = start({width}, context.pooled);
  weight_out_ = start({width, width}, width);
  bias_out_ = start({width}, width);
}

at::Tensor ProjectedViews::project(const at::Tensor& pooled) const {
  return at::linear(at::linear(pooled, weight_in_, bias_in_).relu(), weight_out_, bias_out_);
}

Loss ProjectedViews::loss(const ObjectiveInput& input) {
  const std::int64_t batch = input.a.pooled.size(0);
  if (batch < 2)
    throw DataError("the loss compares series of a batch; found " + std::to_string(batch) + ", expected at least 2");
  const at::Tensor a = project(input.a.pooled), b = project(input.b.pooled);
  Loss loss;
  loss.terms = terms(a, b, params_);
  for (const auto& [name, term] : loss.terms) loss.total = loss.total.defined() ? loss.total + term : term;
  loss.logs.emplace_back("std", a.detach().std(0).mean());  // near 0: all series are mapped to one point
  return loss;
}

std::vector<Parameter> ProjectedViews::parameters() {
  return {{.name = "in.weight", .tensor = weight_in_},
          {.name = "in.bias", .tensor = bias_in_, .weight_decay = false},
          {.name = "out.weight", .tensor = weight_out_},
          {.name = "out.bias", .tensor = bias_out_, .weight_decay = false}};
}

void ProjectedViews::to(c10::Device device) {
  for (at::Tensor* tensor : {&weight_in_, &bias_in_, &weight_out_, &bias_out_})
    *tensor = tensor->detach().to(device).requires_grad_();
}

}  // namespace autodidact::agree_spread
