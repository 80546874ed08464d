#include "causal_attention.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <limits>

namespace autodidact::autoregressive {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

double scale_of(std::int64_t width) { return 1.0 / std::sqrt(static_cast<double>(width)); }

// Part 0 (queries), 1 (keys) or 2 (values) of head h: (B, S, D), a view.
at::Tensor part(const at::Tensor& qkv, std::int64_t which, std::int64_t head) {
  return qkv.select(2, which).select(2, head);
}

struct CausalAttention : torch::autograd::Function<CausalAttention> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& qkv) {
    const std::int64_t B = qkv.size(0), S = qkv.size(1), H = qkv.size(3), D = qkv.size(4);
    const at::Tensor future = at::full({S, S}, -std::numeric_limits<double>::infinity(), qkv.options()).triu_(1);
    at::Tensor out = at::empty({B, S, H, D}, qkv.options());
    at::Tensor shares = at::empty({H, B, S, S}, qkv.options());  // softmax of each head, 0 above the diagonal
    for (std::int64_t h = 0; h < H; ++h) {
      at::Tensor share = shares[h];
      at::softmax_out(
          share,
          at::baddbmm(future.expand({B, S, S}), part(qkv, 0, h), part(qkv, 1, h).transpose(1, 2), 1.0, scale_of(D)),
          -1);
      out.select(2, h).copy_(at::bmm(share, part(qkv, 2, h)));
    }
    ctx->save_for_backward({qkv, shares});
    return out.view({B, S, H * D});
  }

  // A share of 0 gives its logit no gradient, so the mask needs no second mention.
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &qkv = saved[0], &shares = saved[1];
    const std::int64_t B = qkv.size(0), S = qkv.size(1), H = qkv.size(3), D = qkv.size(4);
    const at::Tensor grad_out = grads[0].reshape({B, S, H, D});
    at::Tensor grad = at::empty_like(qkv);
    for (std::int64_t h = 0; h < H; ++h) {
      const at::Tensor share = shares[h], g = grad_out.select(2, h);
      part(grad, 2, h).copy_(at::bmm(share.transpose(1, 2), g));
      // The scale of the logits is folded into the gradient of the shares, which is linear in it.
      const at::Tensor grad_share =
          at::baddbmm(at::empty({B, S, S}, qkv.options()), g, part(qkv, 2, h).transpose(1, 2), 0.0, scale_of(D));
      const at::Tensor grad_logits = at::_softmax_backward_data(grad_share, share, -1, share.scalar_type());
      part(grad, 0, h).copy_(at::bmm(grad_logits, part(qkv, 1, h)));
      part(grad, 1, h).copy_(at::bmm(grad_logits.transpose(1, 2), part(qkv, 0, h)));
    }
    return {grad};
  }
};

}  // namespace

at::Tensor causal_attention(const at::Tensor& qkv) { return CausalAttention::apply(qkv); }

KeyValues::KeyValues(std::int64_t batch, std::int64_t heads, std::int64_t positions, std::int64_t width,
                     const at::TensorOptions& options)
    : keys(at::empty({batch, heads, positions, width}, options)), values(at::empty_like(keys)) {}

at::Tensor attend(const at::Tensor& qkv, KeyValues& past, std::int64_t position) {
  const std::int64_t B = qkv.size(0), H = qkv.size(2), D = qkv.size(3), seen = position + 1;
  past.keys.select(2, position).copy_(qkv.select(1, 1));
  past.values.select(2, position).copy_(qkv.select(1, 2));
  const at::Tensor query = qkv.select(1, 0).reshape({B * H, 1, D});
  const auto known = [&](const at::Tensor& all) { return all.view({B * H, all.size(2), D}).narrow(1, 0, seen); };
  const at::Tensor logits = at::baddbmm(at::empty({B * H, 1, seen}, qkv.options()), query,
                                        known(past.keys).transpose(1, 2), 0.0, scale_of(D));
  return at::bmm(at::softmax(logits, -1), known(past.values)).view({B, H * D});
}

}  // namespace autodidact::autoregressive
