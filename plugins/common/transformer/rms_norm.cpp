#include "common/transformer/rms_norm.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "common/nn/clones.hpp"
#include "common/transformer/rms_norm_rows.hpp"

namespace autodidact::transformer {
namespace {

constexpr std::int64_t kRows = 256;  // rows of one task; partial gradients of the gain are kept per task

AUTODIDACT_NN_CLONES void run(const NormForward<float, float>& f, std::int64_t begin, std::int64_t end) {
  norm_rows(f, begin, end);
}
AUTODIDACT_NN_CLONES void run(const NormForward<float, Bf16>& f, std::int64_t begin, std::int64_t end) {
  norm_rows(f, begin, end);
}
AUTODIDACT_NN_CLONES void run(const NormBackward<float, float>& f, std::int64_t begin, std::int64_t end) {
  norm_backward_rows(f, begin, end);
}
AUTODIDACT_NN_CLONES void run(const NormBackward<float, Bf16>& f, std::int64_t begin, std::int64_t end) {
  norm_backward_rows(f, begin, end);
}
void run(const NormForward<double, double>& f, std::int64_t begin, std::int64_t end) { norm_rows(f, begin, end); }
void run(const NormBackward<double, double>& f, std::int64_t begin, std::int64_t end) {
  norm_backward_rows(f, begin, end);
}

template <class T>
T* memory(const at::Tensor& t) {
  if (!t.defined()) return nullptr;
  if constexpr (std::is_same_v<T, Bf16>)
    return reinterpret_cast<Bf16*>(t.data_ptr<at::BFloat16>());
  else
    return t.data_ptr<T>();
}

// Calls work.operator()<T, U>() for the types of the stream and of the normed rows.
template <class Work>
void with_types(at::ScalarType stream, at::ScalarType normed, const Work& work) {
  if (stream == at::kFloat && normed == at::kFloat) return work.template operator()<float, float>();
  if (stream == at::kFloat && normed == at::kBFloat16) return work.template operator()<float, Bf16>();
  if (stream == at::kDouble && normed == at::kDouble) return work.template operator()<double, double>();
  TORCH_CHECK(false, "rms_norm: no form for a stream of ", stream, " with normed rows of ", normed);
}

struct Normed {
  at::Tensor sum, normed, inverse;  // sum undefined without delta
};

Normed norm(const at::Tensor& x, const at::Tensor& delta, const at::Tensor& gain, at::ScalarType out) {
  Normed result{delta.defined() ? at::empty_like(x) : at::Tensor(), at::empty_like(x, x.options().dtype(out)),
                at::empty({x.size(0)}, x.options())};
  with_types(x.scalar_type(), out, [&]<class T, class U>() {
    const NormForward<T, U> f{.x = memory<T>(x),
                              .gain = memory<T>(gain),
                              .delta = memory<U>(delta),
                              .sum = memory<T>(result.sum),
                              .normed = memory<U>(result.normed),
                              .inverse = memory<T>(result.inverse),
                              .width = x.size(1)};
    at::parallel_for(0, x.size(0), kRows, [&](std::int64_t begin, std::int64_t end) { run(f, begin, end); });
  });
  return result;
}

struct NormGradient {
  at::Tensor x, delta, gain;
};

// Partial sums for the gain stand per task of kRows rows, so the result does not depend on the number of threads.
NormGradient norm_backward(const at::Tensor& y, const at::Tensor& inverse, const at::Tensor& gain,
                           const at::Tensor& grad_normed, const at::Tensor& grad_sum) {
  const std::int64_t rows = y.size(0), width = y.size(1), tasks = (rows + kRows - 1) / kRows;
  NormGradient grad;
  grad.x = at::empty_like(y);
  const bool same = grad_normed.scalar_type() == y.scalar_type();
  grad.delta = same ? grad.x : at::empty_like(grad_normed);
  const at::Tensor partial = at::zeros({tasks, width}, y.options());
  with_types(y.scalar_type(), grad_normed.scalar_type(), [&]<class T, class U>() {
    at::parallel_for(0, tasks, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t task = first; task < last; ++task) {
        const NormBackward<T, U> f{.y = memory<T>(y),
                                   .inverse = memory<T>(inverse),
                                   .gain = memory<T>(gain),
                                   .grad_normed = memory<U>(grad_normed),
                                   .grad_sum = memory<T>(grad_sum),
                                   .grad_x = memory<T>(grad.x),
                                   .grad_gain = memory<T>(partial) + task * width,
                                   .grad_delta = same ? nullptr : memory<U>(grad.delta),
                                   .width = width};
        run(f, task * kRows, std::min(rows, (task + 1) * kRows));
      }
    });
  });
  grad.gain = partial.sum(0);
  return grad;
}

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& gain, std::int64_t out) {
    const Normed n = norm(x, {}, gain, static_cast<at::ScalarType>(out));
    ctx->save_for_backward({x, n.inverse, gain});
    return n.normed;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const NormGradient grad = norm_backward(saved[0], saved[1], saved[2], grads[0].contiguous(), {});
    return {grad.x, grad.gain, at::Tensor()};
  }
};

struct AddRmsNorm : torch::autograd::Function<AddRmsNorm> {
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& delta,
                             const at::Tensor& gain) {
    const Normed n = norm(x, delta, gain, delta.scalar_type());
    ctx->save_for_backward({n.sum, n.inverse, gain});
    ctx->set_materialize_grads(false);
    return {n.sum, n.normed};
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    if (!grads[1].defined()) return {grads[0], grads[0], at::Tensor()};
    const at::Tensor grad_sum = grads[0].defined() ? grads[0].contiguous() : grads[0];
    const NormGradient grad = norm_backward(saved[0], saved[1], saved[2], grads[1].contiguous(), grad_sum);
    return {grad.x, grad.delta, grad.gain};
  }
};

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, at::ScalarType out) {
  return RmsNorm::apply(x.contiguous(), gain, static_cast<std::int64_t>(out));
}

std::pair<at::Tensor, at::Tensor> add_rms_norm(const at::Tensor& x, const at::Tensor& delta, const at::Tensor& gain) {
  const tensor_list both = AddRmsNorm::apply(x.contiguous(), delta.contiguous(), gain);
  return {both[0], both[1]};
}

}  // namespace autodidact::transformer
