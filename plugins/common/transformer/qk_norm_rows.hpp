// The loops of qk_norm.cpp, over plain memory. A vector is one head of one position: D numbers.
#pragma once

#include <cmath>
#include <cstdint>

#include "common/nn/clones.hpp"
#include "common/transformer/rms_norm_rows.hpp"

namespace autodidact::transformer {

template <class T>
struct QkForward {
  const T *qkv, *front, *gain;  // (B, S, 3, H, D), (3, H, D), (2, D)
  T *out, *inverse;             // (B, S + 1, 3, H, D), (B, S, 2, H): 1 / norms of q and k
  std::int64_t positions, heads, width;
};
template <class T>
struct QkBackward {
  const T *qkv, *gain, *inverse, *grad_out;
  T *grad_qkv, *grad_gain;  // grad_gain (2, D), added to
  std::int64_t positions, heads, width;
};

// Series [begin, end).
template <class T>
AUTODIDACT_NN_INLINE void qk_forward_rows(const QkForward<T>& f, std::int64_t begin, std::int64_t end) {
  const std::int64_t D = f.width, part = f.heads * D, row = 3 * part;
  for (std::int64_t b = begin; b < end; ++b) {
    T* out = f.out + b * (f.positions + 1) * row;
    for (std::int64_t j = 0; j < row; ++j) out[j] = f.front[j];
    for (std::int64_t s = 0; s < f.positions; ++s) {
      const T* in = f.qkv + (b * f.positions + s) * row;
      T* inverse = f.inverse + (b * f.positions + s) * 2 * f.heads;
      out += row;
      for (std::int64_t v = 0; v < 2 * f.heads; ++v) {
        const T* x = in + v * D;
        const T* gain = f.gain + (v / f.heads) * D;
        const T norm = std::sqrt(dot(x, x, D));
        const T scale = T(1) / (norm > T(kSmallestNorm) ? norm : T(kSmallestNorm));
        for (std::int64_t j = 0; j < D; ++j) out[v * D + j] = x[j] * scale * gain[j];
        inverse[v] = scale;
      }
      for (std::int64_t j = 2 * part; j < row; ++j) out[j] = in[j];
    }
  }
}

// With y = g x / |x|: dx = (g dy - x <x, g dy> / |x|^2) / |x|, dg = sum of dy x / |x|.
template <class T>
AUTODIDACT_NN_INLINE void qk_backward_rows(const QkBackward<T>& f, std::int64_t begin, std::int64_t end) {
  const std::int64_t D = f.width, part = f.heads * D, row = 3 * part;
  for (std::int64_t b = begin; b < end; ++b)
    for (std::int64_t s = 0; s < f.positions; ++s) {
      const std::int64_t at = b * f.positions + s;
      const T* in = f.qkv + at * row;
      const T* grad = f.grad_out + (at + b + 1) * row;  // one more position in each series
      T* out = f.grad_qkv + at * row;
      for (std::int64_t v = 0; v < 2 * f.heads; ++v) {
        const T *x = in + v * D, *dy = grad + v * D, *gain = f.gain + (v / f.heads) * D;
        T *dx = out + v * D, *dg = f.grad_gain + (v / f.heads) * D;
        const T inverse = f.inverse[at * 2 * f.heads + v];
        for (std::int64_t j = 0; j < D; ++j) {
          dx[j] = dy[j] * gain[j];
          dg[j] += dy[j] * x[j] * inverse;
        }
        // Where |x| is below its floor the divisor is a constant.
        const T along = inverse < T(1 / kSmallestNorm) ? dot(dx, x, D) * inverse * inverse : T(0);
        for (std::int64_t j = 0; j < D; ++j) dx[j] = (dx[j] - x[j] * along) * inverse;
      }
      for (std::int64_t j = 2 * part; j < row; ++j) out[j] = grad[j];
    }
}

}  // namespace autodidact::transformer
