#include "transformer/rms_norm.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "transformer/clones.hpp"

namespace autodidact::transformer {
namespace {

constexpr std::int64_t kLanes = 16;   // independent partial sums, so that a sum of floats can be vectorised
constexpr std::int64_t kRows = 256;   // rows of one task; partial gradients of the gain are kept per task
constexpr double kSmallest = 1e-12;

template <class T>
struct Forward {
  const T *x, *delta, *gain;  // delta may be null
  T *sum, *normed, *inverse;  // sum may be null; inverse: 1 / max(|row|, 1e-12)
  std::int64_t width;
};
template <class T>
struct Backward {
  const T *y, *inverse, *gain, *grad_normed, *grad_sum;  // grad_sum may be null
  T *grad_x, *grad_gain;                                 // grad_gain: (D), added to
  std::int64_t width;
};

template <class T>
inline __attribute__((always_inline)) T lane_sum(const T* lanes) {
  T total = 0;
  for (std::int64_t i = 0; i < kLanes; ++i) total += lanes[i];
  return total;
}

template <class T>
inline __attribute__((always_inline)) T dot(const T* a, const T* b, std::int64_t width) {
  T lanes[kLanes] = {};
  std::int64_t j = 0;
  for (; j + kLanes <= width; j += kLanes)
    for (std::int64_t i = 0; i < kLanes; ++i) lanes[i] += a[j + i] * b[j + i];
  for (; j < width; ++j) lanes[0] += a[j] * b[j];
  return lane_sum(lanes);
}

template <class T>
inline __attribute__((always_inline)) void forward_rows(const Forward<T>& f, std::int64_t begin, std::int64_t end) {
  const T root = std::sqrt(static_cast<T>(f.width));
  for (std::int64_t row = begin; row < end; ++row) {
    const T* x = f.x + row * f.width;
    if (f.delta != nullptr) {
      const T* delta = f.delta + row * f.width;
      T* sum = f.sum + row * f.width;
      for (std::int64_t j = 0; j < f.width; ++j) sum[j] = x[j] + delta[j];
      x = sum;
    }
    const T norm = std::sqrt(dot(x, x, f.width));
    const T inverse = T(1) / (norm > T(kSmallest) ? norm : T(kSmallest));
    f.inverse[row] = inverse;
    T* normed = f.normed + row * f.width;
    const T scale = root * inverse;
    for (std::int64_t j = 0; j < f.width; ++j) normed[j] = x[j] * scale * f.gain[j];
  }
}

// With n = s x g, s = sqrt(D) / |x|: dx = s (g dn - x <g dn, x> / |x|^2) + d(sum), dg = sum over rows of s x dn.
template <class T>
inline __attribute__((always_inline)) void backward_rows(const Backward<T>& f, std::int64_t begin, std::int64_t end) {
  const T root = std::sqrt(static_cast<T>(f.width));
  for (std::int64_t row = begin; row < end; ++row) {
    const T* y = f.y + row * f.width;
    const T* grad = f.grad_normed + row * f.width;
    T* out = f.grad_x + row * f.width;
    for (std::int64_t j = 0; j < f.width; ++j) out[j] = grad[j] * f.gain[j];
    const T inverse = f.inverse[row];
    const T scale = root * inverse;
    // Where |x| is below its floor the divisor is a constant.
    const T along = inverse < T(1 / kSmallest) ? dot(out, y, f.width) * inverse * inverse : T(0);
    for (std::int64_t j = 0; j < f.width; ++j) f.grad_gain[j] += scale * y[j] * grad[j];
    if (f.grad_sum != nullptr) {
      const T* more = f.grad_sum + row * f.width;
      for (std::int64_t j = 0; j < f.width; ++j) out[j] = scale * (out[j] - y[j] * along) + more[j];
    } else {
      for (std::int64_t j = 0; j < f.width; ++j) out[j] = scale * (out[j] - y[j] * along);
    }
  }
}

AUTODIDACT_CLONES void run(const Forward<float>& f, std::int64_t begin, std::int64_t end) {
  forward_rows(f, begin, end);
}
AUTODIDACT_CLONES void run(const Backward<float>& f, std::int64_t begin, std::int64_t end) {
  backward_rows(f, begin, end);
}
void run(const Forward<double>& f, std::int64_t begin, std::int64_t end) { forward_rows(f, begin, end); }
void run(const Backward<double>& f, std::int64_t begin, std::int64_t end) { backward_rows(f, begin, end); }

template <class T>
const T* data_or_null(const at::Tensor& t) {
  return t.defined() ? t.const_data_ptr<T>() : nullptr;
}

// Fills sum (if delta is given), normed and the inverse norms.
void forward(const at::Tensor& x, const at::Tensor& delta, const at::Tensor& gain, at::Tensor& sum, at::Tensor& normed,
             at::Tensor& inverse) {
  normed = at::empty_like(x);
  inverse = at::empty({x.size(0)}, x.options());
  if (delta.defined()) sum = at::empty_like(x);
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "rms_norm", [&] {
    const Forward<scalar_t> f{x.const_data_ptr<scalar_t>(), data_or_null<scalar_t>(delta),
                              gain.const_data_ptr<scalar_t>(), sum.defined() ? sum.data_ptr<scalar_t>() : nullptr,
                              normed.data_ptr<scalar_t>(), inverse.data_ptr<scalar_t>(), x.size(1)};
    at::parallel_for(0, x.size(0), kRows, [&](std::int64_t begin, std::int64_t end) { run(f, begin, end); });
  });
}

// {grad of x, grad of gain}. Partial sums stand per task of kRows rows, so the result does not depend on threads.
std::pair<at::Tensor, at::Tensor> backward(const at::Tensor& y, const at::Tensor& inverse, const at::Tensor& gain,
                                           const at::Tensor& grad_normed, const at::Tensor& grad_sum) {
  const std::int64_t rows = y.size(0), width = y.size(1), tasks = (rows + kRows - 1) / kRows;
  at::Tensor grad_x = at::empty_like(y);
  at::Tensor partial = at::zeros({tasks, width}, y.options());
  AT_DISPATCH_FLOATING_TYPES(y.scalar_type(), "rms_norm_backward", [&] {
    at::parallel_for(0, tasks, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t task = first; task < last; ++task) {
        const Backward<scalar_t> f{y.const_data_ptr<scalar_t>(),           inverse.const_data_ptr<scalar_t>(),
                                   gain.const_data_ptr<scalar_t>(),        grad_normed.const_data_ptr<scalar_t>(),
                                   data_or_null<scalar_t>(grad_sum),       grad_x.data_ptr<scalar_t>(),
                                   partial.data_ptr<scalar_t>() + task * width, width};
        run(f, task * kRows, std::min(rows, (task + 1) * kRows));
      }
    });
  });
  return {grad_x, partial.sum(0)};
}

at::Tensor contiguous_or_undefined(const at::Tensor& t) { return t.defined() ? t.contiguous() : t; }

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& gain) {
    at::Tensor sum, normed, inverse;
    transformer::forward(x, {}, gain, sum, normed, inverse);
    ctx->save_for_backward({x, inverse, gain});
    return normed;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    auto [grad_x, grad_gain] = transformer::backward(saved[0], saved[1], saved[2], grads[0].contiguous(), {});
    return {grad_x, grad_gain};
  }
};

struct AddRmsNorm : torch::autograd::Function<AddRmsNorm> {
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& delta,
                             const at::Tensor& gain) {
    at::Tensor sum, normed, inverse;
    transformer::forward(x, delta, gain, sum, normed, inverse);
    ctx->save_for_backward({sum, inverse, gain});
    ctx->set_materialize_grads(false);
    return {sum, normed};
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    if (!grads[1].defined()) return {grads[0], grads[0], at::Tensor()};
    auto [grad_x, grad_gain] = transformer::backward(saved[0], saved[1], saved[2], grads[1].contiguous(),
                                                     contiguous_or_undefined(grads[0]));
    return {grad_x, grad_x, grad_gain};
  }
};

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain) { return RmsNorm::apply(x.contiguous(), gain); }

std::pair<at::Tensor, at::Tensor> add_rms_norm(const at::Tensor& x, const at::Tensor& delta, const at::Tensor& gain) {
  const tensor_list both = AddRmsNorm::apply(x.contiguous(), delta.contiguous(), gain);
  return {both[0], both[1]};
}

}  // namespace autodidact::transformer
