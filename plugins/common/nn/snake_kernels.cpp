#include "common/nn/snake_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/nn/clones.hpp"

namespace autodidact::nn {
namespace {

constexpr std::int64_t kChunk = 64;  // rows whose gradients of a are summed in the arithmetic type

template <class T>
struct SinCos {
  T s, c;
};

// Only s^2 and s c are asked for, and both have the period pi: the argument is brought to [-pi/2, pi/2] and both are
// polynomials there (Chebyshev interpolation, within 2 units in the last place), so that the loop has no branch and
// vectorises. pi is taken away in three parts, exactly up to |v| of about 2e4; beyond, values stay bounded.
AUTODIDACT_NN_INLINE SinCos<float> up_to_sign(float v) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding and taking it away rounds to a whole number
  const float turns = (v * 0.318309886f + kRound) - kRound;
  float r = ((v - turns * 3.140625f) - turns * 0.0009675025939941406f) - turns * 1.5099580252808664e-07f;
  r = r > 1.6f ? 1.6f : r;
  r = r < -1.6f ? -1.6f : r;
  const float u = r * r;
  const float s =
      1.0f + u * (-0.1666666716f +
                  u * (0.008333330974f + u * (-0.0001984085829f + u * (2.752514320e-06f + u * -2.388694043e-08f))));
  const float c =
      1.0f + u * (-0.5f +
                  u * (0.04166666791f + u * (-0.001388888457f +
                                             u * (2.480103649e-05f + u * (-2.752454975e-07f + u * 1.990570597e-09f)))));
  return {r * s, c};
}
AUTODIDACT_NN_INLINE SinCos<double> up_to_sign(double v) { return {std::sin(v), std::cos(v)}; }

template <class T>
AUTODIDACT_NN_INLINE void forward_row(const T* __restrict x, const T* __restrict a, const T* __restrict inverse,
                                      T* __restrict y, std::int64_t width) {
  for (std::int64_t c = 0; c < width; ++c) {
    const SinCos<T> t = up_to_sign(a[c] * x[c]);
    y[c] = x[c] + t.s * (t.s * inverse[c]);
  }
}
// With q = sin(a x) / a: dy/dx = 1 + 2 sin cos, dy/da = q (2 x cos - q), which is x^2 at a = 0.
template <class T>
AUTODIDACT_NN_INLINE void backward_row(const T* __restrict x, const T* __restrict a, const T* __restrict inverse,
                                       const T* __restrict dy, T* __restrict dx, T* __restrict da, std::int64_t width) {
  for (std::int64_t c = 0; c < width; ++c) {
    const SinCos<T> t = up_to_sign(a[c] * x[c]);
    const T q = t.s * inverse[c];
    dx[c] = dy[c] * (T(1) + T(2) * t.s * t.c);
    da[c] += dy[c] * (q * (T(2) * x[c] * t.c - q));
  }
}

template <class T>
AUTODIDACT_NN_INLINE void forward_rows(const SnakeRows<T>& k, T* y, std::int64_t begin, std::int64_t end) {
  const SnakeRows<T> l = k;
  for (std::int64_t r = begin; r < end; ++r) forward_row(l.x + r * l.width, l.a, l.inverse, y + r * l.width, l.width);
}
template <class T>
AUTODIDACT_NN_INLINE void backward_rows(const SnakeRows<T>& k, const T* dy, T* dx, std::int64_t begin, std::int64_t end,
                                        double* da) {
  const SnakeRows<T> l = k;
  std::vector<T> chunk(static_cast<std::size_t>(l.width), T(0));
  for (std::int64_t from = begin; from < end; from += kChunk) {
    for (std::int64_t r = from; r < std::min(end, from + kChunk); ++r)
      backward_row(l.x + r * l.width, l.a, l.inverse, dy + r * l.width, dx + r * l.width, chunk.data(), l.width);
    for (std::int64_t c = 0; c < l.width; ++c) {
      da[c] += static_cast<double>(chunk[static_cast<std::size_t>(c)]);
      chunk[static_cast<std::size_t>(c)] = 0;
    }
  }
}

}  // namespace

AUTODIDACT_NN_CLONES void snake_forward(const SnakeRows<float>& k, float* y, std::int64_t begin, std::int64_t end) {
  forward_rows(k, y, begin, end);
}
AUTODIDACT_NN_CLONES void snake_backward(const SnakeRows<float>& k, const float* dy, float* dx, std::int64_t begin,
                                         std::int64_t end, double* da) {
  backward_rows(k, dy, dx, begin, end, da);
}
void snake_forward(const SnakeRows<double>& k, double* y, std::int64_t begin, std::int64_t end) {
  forward_rows(k, y, begin, end);
}
void snake_backward(const SnakeRows<double>& k, const double* dy, double* dx, std::int64_t begin, std::int64_t end,
                    double* da) {
  backward_rows(k, dy, dx, begin, end, da);
}

}  // namespace autodidact::nn
