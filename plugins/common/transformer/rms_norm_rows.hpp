// The row loops of rms_norm.cpp, over plain memory. T is the type of the residual stream, U that of what is added to it
// and of the normed rows: the same, or bfloat16 (held as Bf16) beside float.
#pragma once

#include <cmath>
#include <cstdint>

#include "common/nn/bf16.hpp"
#include "common/nn/clones.hpp"

namespace autodidact::transformer {

using nn::Bf16;
using nn::narrow;
using nn::widen;

inline constexpr std::int64_t kLanes = 16;  // independent partial sums, so that a sum of floats can be vectorised
inline constexpr double kSmallestNorm = 1e-12;

template <class T, class U>
struct NormForward {
  const T *x, *gain;
  const U* delta;  // may be null
  T* sum;          // null without delta
  U* normed;
  T* inverse;  // 1 / max(|row|, 1e-12)
  std::int64_t width;
};
template <class T, class U>
struct NormBackward {
  const T *y, *inverse, *gain;
  const U* grad_normed;
  const T* grad_sum;      // may be null
  T *grad_x, *grad_gain;  // grad_gain: (D), added to
  U* grad_delta;          // may be null
  std::int64_t width;
};

template <class T>
AUTODIDACT_NN_INLINE T dot(const T* a, const T* b, std::int64_t width) {
  T lanes[kLanes] = {};
  std::int64_t j = 0;
  for (; j + kLanes <= width; j += kLanes)
    for (std::int64_t i = 0; i < kLanes; ++i) lanes[i] += a[j + i] * b[j + i];
  for (; j < width; ++j) lanes[0] += a[j] * b[j];
  T total = 0;
  for (std::int64_t i = 0; i < kLanes; ++i) total += lanes[i];
  return total;
}

template <class T, class U>
AUTODIDACT_NN_INLINE void norm_rows(const NormForward<T, U>& f, std::int64_t begin, std::int64_t end) {
  const T root = std::sqrt(static_cast<T>(f.width));
  for (std::int64_t row = begin; row < end; ++row) {
    const T* x = f.x + row * f.width;
    if (f.delta != nullptr) {
      const U* delta = f.delta + row * f.width;
      T* sum = f.sum + row * f.width;
      for (std::int64_t j = 0; j < f.width; ++j) sum[j] = x[j] + widen(delta[j]);
      x = sum;
    }
    const T norm = std::sqrt(dot(x, x, f.width));
    const T inverse = T(1) / (norm > T(kSmallestNorm) ? norm : T(kSmallestNorm));
    f.inverse[row] = inverse;
    U* normed = f.normed + row * f.width;
    const T scale = root * inverse;
    for (std::int64_t j = 0; j < f.width; ++j) narrow(x[j] * scale * f.gain[j], normed[j]);
  }
}

// With n = s x g, s = sqrt(D) / |x|: dx = s (g dn - x <g dn, x> / |x|^2) + d(sum), dg = sum over rows of s x dn.
template <class T, class U>
AUTODIDACT_NN_INLINE void norm_backward_rows(const NormBackward<T, U>& f, std::int64_t begin, std::int64_t end) {
  const T root = std::sqrt(static_cast<T>(f.width));
  for (std::int64_t row = begin; row < end; ++row) {
    const T* y = f.y + row * f.width;
    const U* grad = f.grad_normed + row * f.width;
    T* out = f.grad_x + row * f.width;
    const T inverse = f.inverse[row];
    const T scale = root * inverse;
    for (std::int64_t j = 0; j < f.width; ++j) {
      const T g = widen(grad[j]);
      out[j] = g * f.gain[j];
      f.grad_gain[j] += scale * y[j] * g;
    }
    // Where |x| is below its floor the divisor is a constant.
    const T along = inverse < T(1 / kSmallestNorm) ? dot(out, y, f.width) * inverse * inverse : T(0);
    if (f.grad_sum != nullptr) {
      const T* more = f.grad_sum + row * f.width;
      for (std::int64_t j = 0; j < f.width; ++j) out[j] = scale * (out[j] - y[j] * along) + more[j];
    } else {
      for (std::int64_t j = 0; j < f.width; ++j) out[j] = scale * (out[j] - y[j] * along);
    }
    if (f.grad_delta != nullptr) {
      U* delta = f.grad_delta + row * f.width;
      for (std::int64_t j = 0; j < f.width; ++j) narrow(out[j], delta[j]);
    }
  }
}

}  // namespace autodidact::transformer
