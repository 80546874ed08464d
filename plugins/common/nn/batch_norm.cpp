#include "common/nn/batch_norm.hpp"

#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"

namespace autodidact::nn {

BatchNorm::BatchNorm(std::int64_t features)
    : weight(leaf(at::ones({features}))),
      bias(leaf(at::zeros({features}))),
      running_mean(at::zeros({features})),
      running_var(at::ones({features})) {}

void check_batch(const at::Tensor& x) {
  if (x.numel() == x.size(1))
    throw DataError(
        "batch normalisation in training needs more than one value per feature; found one (a batch of one "
        "series); give a larger batch");
}

at::Tensor BatchNorm::operator()(const at::Tensor& x, bool training) const {
  if (training) check_batch(x);
  return at::batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps, /*cudnn_enabled=*/false);
}

void BatchNorm::list(const std::string& name, State& out) const {
  out.parameter(name + ".weight", weight);
  out.parameter(name + ".bias", bias);
  out.buffer(name + ".running_mean", running_mean);
  out.buffer(name + ".running_var", running_var);
}

}  // namespace autodidact::nn
