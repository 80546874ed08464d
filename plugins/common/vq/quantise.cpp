#include "common/vq/quantise.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace autodidact::vq {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct Quantise : torch::autograd::Function<Quantise> {
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& z, const at::Tensor& codes,
                             const at::Tensor& index) {
    const at::Tensor code = at::embedding(codes, index);
    const at::Tensor residual = z - code;
    ctx->save_for_backward({residual});
    ctx->set_materialize_grads(false);
    return {code, residual.square().mean()};
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    at::Tensor dz = grads[0];
    if (grads[1].defined()) {
      const at::Tensor residual = ctx->get_saved_variables()[0];
      const at::Tensor pull = residual * (grads[1] * (2.0 / static_cast<double>(residual.numel())));
      dz = dz.defined() ? dz + pull : pull;
    }
    return {dz, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

Quantised quantise(const at::Tensor& z, const at::Tensor& codes, const at::Tensor& index) {
  const tensor_list out = Quantise::apply(z, codes, index);
  return {out[0], out[1]};
}

}  // namespace autodidact::vq
