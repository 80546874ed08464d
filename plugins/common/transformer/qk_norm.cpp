#include "common/transformer/qk_norm.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "common/nn/clones.hpp"
#include "common/transformer/qk_norm_rows.hpp"

namespace autodidact::transformer {
namespace {

constexpr std::int64_t kSeries = 8;  // of one task; partial gradients of the gains are kept per task

AUTODIDACT_NN_CLONES void run(const QkForward<float>& f, std::int64_t begin, std::int64_t end) {
  qk_forward_rows(f, begin, end);
}
AUTODIDACT_NN_CLONES void run(const QkBackward<float>& f, std::int64_t begin, std::int64_t end) {
  qk_backward_rows(f, begin, end);
}
void run(const QkForward<double>& f, std::int64_t begin, std::int64_t end) { qk_forward_rows(f, begin, end); }
void run(const QkBackward<double>& f, std::int64_t begin, std::int64_t end) { qk_backward_rows(f, begin, end); }

template <class Work>
void with_type(at::ScalarType type, const Work& work) {
  if (type == at::kFloat) return work.template operator()<float>();
  if (type == at::kDouble) return work.template operator()<double>();
  TORCH_CHECK(false, "qk_norm: no form for ", type);
}

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct QkNorm : torch::autograd::Function<QkNorm> {
  // gain (2, D): of queries and keys
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& qkv, const at::Tensor& front,
                            const at::Tensor& gain) {
    const std::int64_t B = qkv.size(0), S = qkv.size(1), H = qkv.size(3), D = qkv.size(4);
    at::Tensor out = at::empty({B, S + 1, 3, H, D}, qkv.options()), inverse = at::empty({B, S, 2, H}, qkv.options());
    with_type(qkv.scalar_type(), [&]<class T>() {
      const QkForward<T> f{.qkv = qkv.data_ptr<T>(),
                           .front = front.data_ptr<T>(),
                           .gain = gain.data_ptr<T>(),
                           .out = out.data_ptr<T>(),
                           .inverse = inverse.data_ptr<T>(),
                           .positions = S,
                           .heads = H,
                           .width = D};
      at::parallel_for(0, B, kSeries, [&](std::int64_t begin, std::int64_t end) { run(f, begin, end); });
    });
    ctx->save_for_backward({qkv, gain, inverse});
    return out;
  }

  // Partial sums stand per task of kSeries series, so the result does not depend on the number of threads.
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &qkv = saved[0], &gain = saved[1], &inverse = saved[2], grad_out = grads[0].contiguous();
    const std::int64_t B = qkv.size(0), S = qkv.size(1), H = qkv.size(3), D = qkv.size(4);
    const std::int64_t tasks = (B + kSeries - 1) / kSeries;
    at::Tensor grad = at::empty_like(qkv), partial = at::zeros({tasks, 2, D}, qkv.options());
    with_type(qkv.scalar_type(), [&]<class T>() {
      at::parallel_for(0, tasks, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t task = first; task < last; ++task) {
          const QkBackward<T> f{.qkv = qkv.data_ptr<T>(),
                                .gain = gain.data_ptr<T>(),
                                .inverse = inverse.data_ptr<T>(),
                                .grad_out = grad_out.data_ptr<T>(),
                                .grad_qkv = grad.data_ptr<T>(),
                                .grad_gain = partial.data_ptr<T>() + task * 2 * D,
                                .positions = S,
                                .heads = H,
                                .width = D};
          run(f, task * kSeries, std::min(B, (task + 1) * kSeries));
        }
      });
    });
    return {grad, grad_out.select(1, 0).sum(0), partial.sum(0)};
  }
};

}  // namespace

at::Tensor qk_norm(const at::Tensor& qkv, const at::Tensor& front, const at::Tensor& q_gain, const at::Tensor& k_gain) {
  return QkNorm::apply(qkv.contiguous(), front.contiguous(), at::stack({q_gain, k_gain}));
}

}  // namespace autodidact::transformer
