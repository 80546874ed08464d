#include "common/nn/depthwise_kernels.hpp"

#include <cstddef>

#include "common/nn/lanes.hpp"

namespace autodidact::nn {
namespace {

// Calls read(input position, tap) for the taps that output position `at` has.
template <class F>
AUTODIDACT_NN_INLINE void each_tap(const TapAxis& axis, std::int64_t at, F&& read) {
  const std::int64_t* from = axis.from.data() + at * axis.taps;
  for (std::int64_t k = 0; k < axis.taps; ++k)
    if (from[k] >= 0) read(from[k], k);
}

// N channels of one series; pointers are at the first of them.
template <int N, class T>
AUTODIDACT_NN_INLINE void forward_block(const DepthwiseLoops& l, const T* __restrict x, const T* __restrict weight,
                                        const T* bias, T* __restrict y) {
  const std::int64_t C = l.channels;
  Lanes<T, N> start, value, w;
  start.clear();
  if (bias != nullptr) start.load(bias);
  for (std::int64_t oh = 0; oh < l.rows.out; ++oh)
    for (std::int64_t ow = 0; ow < l.columns.out; ++ow) {
      Lanes<T, N> sum = start;
      each_tap(l.rows, oh, [&](std::int64_t ih, std::int64_t kh) {
        each_tap(l.columns, ow, [&](std::int64_t iw, std::int64_t kw) {
          value.load(x + (ih * l.columns.in + iw) * C);
          w.load(weight + (kh * l.columns.taps + kw) * C);
          sum.add_product(value, w);
        });
      });
      sum.store(y + (oh * l.columns.out + ow) * C);
    }
}

// Gradients of weights and biases are summed in T over one series and in double beyond.
template <int N, class T>
AUTODIDACT_NN_INLINE void backward_block(const DepthwiseLoops& l, const T* __restrict x, const T* __restrict weight,
                                         const T* __restrict dy, T* __restrict dx, double* dweight, double* dbias) {
  const std::int64_t C = l.channels;
  Lanes<T, N> value, w, arriving, leaving, sum;
  sum.clear();
  for (std::int64_t o = 0; o < l.rows.out * l.columns.out; ++o) {
    arriving.load(dy + o * C);
    sum.add(arriving);
  }
  sum.add_to(dbias);
  for (std::int64_t kh = 0; kh < l.rows.taps; ++kh)
    for (std::int64_t kw = 0; kw < l.columns.taps; ++kw) {
      const std::int64_t tap = (kh * l.columns.taps + kw) * C;
      w.load(weight + tap);
      sum.clear();
      for (std::int64_t oh = 0; oh < l.rows.out; ++oh) {
        const std::int64_t ih = l.rows.from[static_cast<std::size_t>(oh * l.rows.taps + kh)];
        if (ih < 0) continue;
        const std::int64_t* from = l.columns.from.data() + kw;
        for (std::int64_t ow = 0; ow < l.columns.out; ++ow, from += l.columns.taps) {
          if (*from < 0) continue;
          const std::int64_t at = (ih * l.columns.in + *from) * C;
          arriving.load(dy + (oh * l.columns.out + ow) * C);
          value.load(x + at);
          leaving.load(dx + at);
          sum.add_product(arriving, value);
          leaving.add_product(arriving, w);
          leaving.store(dx + at);
        }
      }
      sum.add_to(dweight + tap);
    }
}

template <class T>
AUTODIDACT_NN_INLINE void forward(const DepthwiseLoops& l, const T* x, const T* weight, const T* bias, T* y,
                                  std::int64_t begin, std::int64_t end) {
  const std::int64_t in = l.rows.in * l.columns.in * l.channels, out = l.rows.out * l.columns.out * l.channels;
  for (std::int64_t b = begin; b < end; ++b)
    each_block(l.channels, [&]<int N>(std::int64_t c) {
      forward_block<N>(l, x + b * in + c, weight + c, bias != nullptr ? bias + c : bias, y + b * out + c);
    });
}
template <class T>
AUTODIDACT_NN_INLINE void backward(const DepthwiseLoops& l, const T* x, const T* weight, const T* dy, T* dx,
                                   double* dweight, double* dbias, std::int64_t begin, std::int64_t end) {
  const std::int64_t in = l.rows.in * l.columns.in * l.channels, out = l.rows.out * l.columns.out * l.channels;
  for (std::int64_t b = begin; b < end; ++b)
    each_block(l.channels, [&]<int N>(std::int64_t c) {
      backward_block<N>(l, x + b * in + c, weight + c, dy + b * out + c, dx + b * in + c, dweight + c, dbias + c);
    });
}

}  // namespace

#define AUTODIDACT_DEPTHWISE_KERNELS(T)                                                                                \
  AUTODIDACT_NN_CLONES void depthwise_forward(const DepthwiseLoops& loops, const T* x, const T* weight, const T* bias, \
                                              T* y, std::int64_t begin, std::int64_t end) {                            \
    forward(loops, x, weight, bias, y, begin, end);                                                                    \
  }                                                                                                                    \
  AUTODIDACT_NN_CLONES void depthwise_backward(const DepthwiseLoops& loops, const T* x, const T* weight, const T* dy,  \
                                               T* dx, double* dweight, double* dbias, std::int64_t begin,              \
                                               std::int64_t end) {                                                     \
    backward(loops, x, weight, dy, dx, dweight, dbias, begin, end);                                                    \
  }
AUTODIDACT_DEPTHWISE_KERNELS(float)
AUTODIDACT_DEPTHWISE_KERNELS(double)
#undef AUTODIDACT_DEPTHWISE_KERNELS

}  // namespace autodidact::nn
