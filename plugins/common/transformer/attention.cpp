#include "common/transformer/attention.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

namespace autodidact::transformer {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// Part 0 (queries), 1 (keys) or 2 (values) of head h: (B, S, D), a view.
at::Tensor part(const at::Tensor& qkv, std::int64_t which, std::int64_t head) {
  return qkv.select(2, which).select(2, head);
}

// scale * a b^T for a (B, S, D), b (B, S, D) -> (B, S, S), without a pass for the scale.
at::Tensor product_transposed(const at::Tensor& a, const at::Tensor& b, double scale) {
  return at::baddbmm(at::empty({a.size(0), a.size(1), b.size(1)}, a.options()), a, b.transpose(1, 2), 0.0, scale);
}

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& qkv) {
    const std::int64_t B = qkv.size(0), S = qkv.size(1), H = qkv.size(3), D = qkv.size(4);
    const double scale = 1.0 / std::sqrt(static_cast<double>(D));
    at::Tensor out = at::empty({B, S, H, D}, qkv.options());
    at::Tensor shares = at::empty({H, B, S, S}, qkv.options());  // softmax of each head
    for (std::int64_t h = 0; h < H; ++h) {
      at::Tensor share = shares[h];
      at::softmax_out(share, product_transposed(part(qkv, 0, h), part(qkv, 1, h), scale), -1);
      out.select(2, h).copy_(at::bmm(share, part(qkv, 2, h)));
    }
    ctx->save_for_backward({qkv, shares});
    return out.view({B, S, H * D});
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &qkv = saved[0], &shares = saved[1];
    const std::int64_t H = qkv.size(3), D = qkv.size(4);
    const double scale = 1.0 / std::sqrt(static_cast<double>(D));
    const at::Tensor grad_out = grads[0].reshape({qkv.size(0), qkv.size(1), H, D});
    at::Tensor grad = at::empty_like(qkv);
    for (std::int64_t h = 0; h < H; ++h) {
      const at::Tensor share = shares[h], g = grad_out.select(2, h);
      part(grad, 2, h).copy_(at::bmm(share.transpose(1, 2), g));
      // The scale of the logits is folded into the gradient of the shares, which is linear in it.
      const at::Tensor grad_logits =
          at::_softmax_backward_data(product_transposed(g, part(qkv, 2, h), scale), share, -1, share.scalar_type());
      part(grad, 0, h).copy_(at::bmm(grad_logits, part(qkv, 1, h)));
      part(grad, 1, h).copy_(at::bmm(grad_logits.transpose(1, 2), part(qkv, 0, h)));
    }
    return {grad};
  }
};

}  // namespace

at::Tensor attention(const at::Tensor& qkv) { return Attention::apply(qkv); }

}  // namespace autodidact::transformer
