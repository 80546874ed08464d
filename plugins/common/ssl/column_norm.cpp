#include "common/ssl/column_norm.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <type_traits>

#include "common/nn/clones.hpp"
#include "common/ssl/column_blocks.hpp"

namespace autodidact::ssl {
namespace {

AUTODIDACT_NN_CLONES void run(const NormReluForward<float, float>& f, std::int64_t first, std::int64_t count) {
  norm_relu_block(f, first, count);
}
AUTODIDACT_NN_CLONES void run(const NormReluForward<Bf16, float>& f, std::int64_t first, std::int64_t count) {
  norm_relu_block(f, first, count);
}
AUTODIDACT_NN_CLONES void run(const NormReluBackward<float, float>& f, std::int64_t first, std::int64_t count) {
  norm_relu_backward_block(f, first, count);
}
AUTODIDACT_NN_CLONES void run(const NormReluBackward<Bf16, float>& f, std::int64_t first, std::int64_t count) {
  norm_relu_backward_block(f, first, count);
}
void run(const NormReluForward<double, double>& f, std::int64_t first, std::int64_t count) {
  norm_relu_block(f, first, count);
}
void run(const NormReluBackward<double, double>& f, std::int64_t first, std::int64_t count) {
  norm_relu_backward_block(f, first, count);
}

template <class T>
T* memory(const at::Tensor& t) {
  if constexpr (std::is_same_v<T, Bf16>)
    return reinterpret_cast<Bf16*>(t.data_ptr<at::BFloat16>());
  else
    return t.data_ptr<T>();
}

// Calls work.operator()<T, A>() for the type of the matrices and of their sums.
template <class Work>
void with_types(at::ScalarType type, const Work& work) {
  if (type == at::kFloat) return work.template operator()<float, float>();
  if (type == at::kBFloat16) return work.template operator()<Bf16, float>();
  if (type == at::kDouble) return work.template operator()<double, double>();
  TORCH_CHECK(false, "norm_relu: found ", type, ", expected float32, bfloat16 or float64");
}

// A column belongs to one block, so the result does not depend on the number of threads.
template <class Work>
void over_blocks(const Work& f) {
  at::parallel_for(0, (f.width + kBlock - 1) / kBlock, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block)
      run(f, block * kBlock, std::min(kBlock, f.width - block * kBlock));
  });
}

}  // namespace

Activated norm_relu(const at::Tensor& h, std::int64_t views, const at::Tensor& gain, const at::Tensor& shift,
                    double eps) {
  const std::int64_t width = h.size(1);
  const auto moments = [&] { return at::empty({views, width}, gain.options().requires_grad(false)); };
  Activated a{at::empty_like(h), {moments(), moments(), moments()}};
  with_types(h.scalar_type(), [&]<class T, class A>() {
    over_blocks(NormReluForward<T, A>{.h = memory<T>(h),
                                      .gain = memory<A>(gain),
                                      .shift = memory<A>(shift),
                                      .out = memory<T>(a.out),
                                      .mean = memory<A>(a.moments.mean),
                                      .variance = memory<A>(a.moments.variance),
                                      .inverse = memory<A>(a.moments.inverse),
                                      .views = views,
                                      .rows = h.size(0) / views,
                                      .width = width,
                                      .eps = static_cast<A>(eps)});
  });
  return a;
}

NormReluGradient norm_relu_backward(const at::Tensor& grad, const at::Tensor& h, const Activated& forward,
                                    const at::Tensor& gain) {
  const std::int64_t views = forward.moments.mean.size(0), width = h.size(1);
  const auto columns = [&] { return at::empty({width}, gain.options().requires_grad(false)); };
  NormReluGradient result{at::empty_like(h), columns(), columns()};
  with_types(h.scalar_type(), [&]<class T, class A>() {
    over_blocks(NormReluBackward<T, A>{.grad = memory<T>(grad),
                                       .h = memory<T>(h),
                                       .out = memory<T>(forward.out),
                                       .gain = memory<A>(gain),
                                       .mean = memory<A>(forward.moments.mean),
                                       .inverse = memory<A>(forward.moments.inverse),
                                       .grad_h = memory<T>(result.h),
                                       .grad_gain = memory<A>(result.gain),
                                       .grad_shift = memory<A>(result.shift),
                                       .views = views,
                                       .rows = h.size(0) / views,
                                       .width = width});
  });
  return result;
}

}  // namespace autodidact::ssl
