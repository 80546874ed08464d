#include "common/nn/unit_rows.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "common/nn/clones.hpp"

namespace autodidact::nn {
namespace {

constexpr std::int64_t kTask = 256;  // rows
constexpr double kSmallest = 1e-12;  // of a norm

// Eight running sums, which vectorise; a single one must be added up in order.
template <class T>
AUTODIDACT_NN_INLINE T dot(const T* __restrict a, const T* __restrict b, std::int64_t width) {
  T part[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= width; i += 8)
    for (int j = 0; j < 8; ++j) part[j] += a[i + j] * b[i + j];
  T sum = ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
  for (; i < width; ++i) sum += a[i] * b[i];
  return sum;
}

template <class T>
AUTODIDACT_NN_INLINE void forward(const T* x, T* y, T* inverse, std::int64_t width, std::int64_t begin,
                                  std::int64_t end) {
  for (std::int64_t r = begin; r < end; ++r) {
    const T* from = x + r * width;
    T* to = y + r * width;
    inverse[r] = T(1) / std::max(std::sqrt(dot(from, from, width)), static_cast<T>(kSmallest));
    for (std::int64_t i = 0; i < width; ++i) to[i] = from[i] * inverse[r];
  }
}
// dx = (dy - y <y, dy>) / |x|; where the norm was too small to divide by, y is linear in x.
template <class T>
AUTODIDACT_NN_INLINE void backward(const T* y, const T* dy, const T* inverse, T* dx, std::int64_t width,
                                   std::int64_t begin, std::int64_t end) {
  for (std::int64_t r = begin; r < end; ++r) {
    const T *unit = y + r * width, *from = dy + r * width;
    T* to = dx + r * width;
    const T along = inverse[r] < static_cast<T>(1.0 / kSmallest) ? dot(unit, from, width) : T(0);
    for (std::int64_t i = 0; i < width; ++i) to[i] = (from[i] - unit[i] * along) * inverse[r];
  }
}
#define AUTODIDACT_UNIT_KERNELS(T)                                                                             \
  AUTODIDACT_NN_CLONES void run_forward(const T* x, T* y, T* inverse, std::int64_t width, std::int64_t begin,  \
                                        std::int64_t end) {                                                    \
    forward(x, y, inverse, width, begin, end);                                                                 \
  }                                                                                                            \
  AUTODIDACT_NN_CLONES void run_backward(const T* y, const T* dy, const T* inverse, T* dx, std::int64_t width, \
                                         std::int64_t begin, std::int64_t end) {                               \
    backward(y, dy, inverse, dx, width, begin, end);                                                           \
  }
AUTODIDACT_UNIT_KERNELS(float)
AUTODIDACT_UNIT_KERNELS(double)
#undef AUTODIDACT_UNIT_KERNELS

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct UnitRows : torch::autograd::Function<UnitRows> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& given) {
    const at::Tensor x = given.contiguous(), y = at::empty_like(x), inverse = at::empty({x.size(0)}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "unit_rows", [&] {
      at::parallel_for(0, x.size(0), kTask, [&](std::int64_t begin, std::int64_t end) {
        run_forward(x.const_data_ptr<scalar_t>(), y.data_ptr<scalar_t>(), inverse.data_ptr<scalar_t>(), x.size(1),
                    begin, end);
      });
    });
    ctx->save_for_backward({y, inverse});
    return y;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor y = saved[0], dy = grads[0].contiguous(), dx = at::empty_like(dy);
    AT_DISPATCH_FLOATING_TYPES(y.scalar_type(), "unit_rows_gradient", [&] {
      at::parallel_for(0, y.size(0), kTask, [&](std::int64_t begin, std::int64_t end) {
        run_backward(y.const_data_ptr<scalar_t>(), dy.const_data_ptr<scalar_t>(), saved[1].const_data_ptr<scalar_t>(),
                     dx.data_ptr<scalar_t>(), y.size(1), begin, end);
      });
    });
    return {dx};
  }
};

}  // namespace

at::Tensor unit_rows(const at::Tensor& x) { return UnitRows::apply(x); }

}  // namespace autodidact::nn
