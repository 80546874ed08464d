// The loops of column_norm.cpp over plain memory: one block of columns, all views. T is the type of the matrices
// (bfloat16 held as Bf16), A that of moments and sums.
#pragma once

#include <cmath>
#include <cstdint>

#include "common/nn/bf16.hpp"
#include "common/nn/clones.hpp"

namespace autodidact::ssl {

using nn::Bf16;
using nn::narrow;
using nn::widen;

inline constexpr std::int64_t kBlock = 64;  // columns; 128 rows of them in float32 fill 32 KB

template <class T, class A>
struct NormReluForward {
  const T* h;
  const A *gain, *shift;
  T* out;
  A *mean, *variance, *inverse;     // (V, F)
  std::int64_t views, rows, width;  // rows of one view
  A eps;
};
template <class T, class A>
struct NormReluBackward {
  const T *grad, *h, *out;
  const A *gain, *mean, *inverse;
  T* grad_h;
  A *grad_gain, *grad_shift;  // (F), written
  std::int64_t views, rows, width;
};

// NaN passes: the comparison is false for it, and a loss that is no number must be seen.
template <class A>
AUTODIDACT_NN_INLINE A relu(A x) {
  return x < A(0) ? A(0) : x;
}

template <class T, class A>
AUTODIDACT_NN_INLINE void norm_relu_block(const NormReluForward<T, A>& f, std::int64_t first, std::int64_t count) {
  for (std::int64_t v = 0; v < f.views; ++v) {
    const T* h = f.h + v * f.rows * f.width + first;
    T* out = f.out + v * f.rows * f.width + first;
    A mean[kBlock] = {}, square[kBlock] = {}, scale[kBlock];
    for (std::int64_t i = 0; i < f.rows; ++i)
      for (std::int64_t j = 0; j < count; ++j) mean[j] += widen(h[i * f.width + j]);
    for (std::int64_t j = 0; j < count; ++j) mean[j] /= static_cast<A>(f.rows);
    for (std::int64_t i = 0; i < f.rows; ++i)
      for (std::int64_t j = 0; j < count; ++j) {
        const A d = widen(h[i * f.width + j]) - mean[j];
        square[j] += d * d;
      }
    for (std::int64_t j = 0; j < count; ++j) {
      const A variance = square[j] / static_cast<A>(f.rows);
      const A inverse = A(1) / std::sqrt(variance + f.eps);
      f.mean[v * f.width + first + j] = mean[j];
      f.variance[v * f.width + first + j] = variance;
      f.inverse[v * f.width + first + j] = inverse;
      scale[j] = inverse * f.gain[first + j];
    }
    for (std::int64_t i = 0; i < f.rows; ++i)
      for (std::int64_t j = 0; j < count; ++j)
        narrow(relu((widen(h[i * f.width + j]) - mean[j]) * scale[j] + f.shift[first + j]), out[i * f.width + j]);
  }
}

// With d = grad where out > 0 and x = (h - mean) * inverse: dh = gain * inverse * (d - mean(d) - x mean(d x)).
template <class T, class A>
AUTODIDACT_NN_INLINE void norm_relu_backward_block(const NormReluBackward<T, A>& f, std::int64_t first,
                                                   std::int64_t count) {
  A gain[kBlock] = {}, shift[kBlock] = {};
  for (std::int64_t v = 0; v < f.views; ++v) {
    const std::int64_t start = v * f.rows * f.width + first;
    const T *grad = f.grad + start, *h = f.h + start, *out = f.out + start;
    T* grad_h = f.grad_h + start;
    const A *mean = f.mean + v * f.width + first, *inverse = f.inverse + v * f.width + first;
    A sum[kBlock] = {}, along[kBlock] = {};
    for (std::int64_t i = 0; i < f.rows; ++i)
      for (std::int64_t j = 0; j < count; ++j) {
        const std::int64_t at = i * f.width + j;
        const A d = widen(out[at]) > A(0) ? widen(grad[at]) : A(0);
        sum[j] += d;
        along[j] += d * (widen(h[at]) - mean[j]);
      }
    A scale[kBlock], slope[kBlock];
    for (std::int64_t j = 0; j < count; ++j) {
      gain[j] += along[j] * inverse[j];
      shift[j] += sum[j];
      scale[j] = f.gain[first + j] * inverse[j];
      slope[j] = along[j] * inverse[j] * inverse[j] / static_cast<A>(f.rows);
      sum[j] /= static_cast<A>(f.rows);
    }
    for (std::int64_t i = 0; i < f.rows; ++i)
      for (std::int64_t j = 0; j < count; ++j) {
        const std::int64_t at = i * f.width + j;
        const A d = widen(out[at]) > A(0) ? widen(grad[at]) : A(0);
        narrow(scale[j] * (d - sum[j] - slope[j] * (widen(h[at]) - mean[j])), grad_h[at]);
      }
  }
  for (std::int64_t j = 0; j < count; ++j) {
    f.grad_gain[first + j] = gain[j];
    f.grad_shift[first + j] = shift[j];
  }
}

}  // namespace autodidact::ssl
