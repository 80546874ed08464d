#include "common/nn/depthwise_kernels.hpp"

#include <algorithm>
#include <cstddef>

#include "common/nn/clones.hpp"

namespace autodidact::nn {
namespace {

// kFixed: channels known to the compiler, or 0.
template <int kFixed>
AUTODIDACT_NN_INLINE std::int64_t count_of(std::int64_t channels) {
  return kFixed > 0 ? kFixed : channels;
}

template <int kFixed, class T>
AUTODIDACT_NN_INLINE void add_tap(const T* __restrict x, const T* __restrict w, T* __restrict y,
                                  std::int64_t channels) {
  for (std::int64_t c = 0; c < count_of<kFixed>(channels); ++c) y[c] += x[c] * w[c];
}
template <int kFixed, class T>
AUTODIDACT_NN_INLINE void spread_tap(const T* __restrict x, const T* __restrict w, const T* __restrict dy,
                                     T* __restrict dx, T* __restrict dw, std::int64_t channels) {
  for (std::int64_t c = 0; c < count_of<kFixed>(channels); ++c) {
    dx[c] += dy[c] * w[c];
    dw[c] += dy[c] * x[c];
  }
}

// Calls row(input row, tap) for the rows of the input that output row `at` reads.
template <class F>
AUTODIDACT_NN_INLINE void each_tap(const TapAxis& axis, std::int64_t at, F&& read) {
  const std::int64_t* from = axis.from.data() + at * axis.taps;
  for (std::int64_t k = 0; k < axis.taps; ++k)
    if (from[k] >= 0) read(from[k], k);
}

template <int kFixed, class T>
AUTODIDACT_NN_INLINE void forward(const DepthwiseLoops& l, const T* x, const T* weight, const T* bias, T* y,
                                  std::int64_t begin, std::int64_t end) {
  const std::int64_t C = count_of<kFixed>(l.channels), in = l.columns.in * C, out = l.columns.out * C;
  for (std::int64_t b = begin; b < end; ++b)
    for (std::int64_t oh = 0; oh < l.rows.out; ++oh) {
      T* line = y + (b * l.rows.out + oh) * out;
      for (std::int64_t ow = 0; ow < l.columns.out; ++ow)
        for (std::int64_t c = 0; c < C; ++c) line[ow * C + c] = bias != nullptr ? bias[c] : T(0);
      each_tap(l.rows, oh, [&](std::int64_t ih, std::int64_t kh) {
        const T* source = x + (b * l.rows.in + ih) * in;
        const T* w = weight + kh * l.columns.taps * C;
        for (std::int64_t ow = 0; ow < l.columns.out; ++ow)
          each_tap(l.columns, ow, [&](std::int64_t iw, std::int64_t kw) {
            add_tap<kFixed>(source + iw * C, w + kw * C, line + ow * C, C);
          });
      });
    }
}

template <class T>
AUTODIDACT_NN_INLINE void flush(std::vector<T>& part, double* total) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    total[i] += static_cast<double>(part[i]);
    part[i] = 0;
  }
}

// Gradients of the weights are summed in T over one series and in double beyond.
template <int kFixed, class T>
AUTODIDACT_NN_INLINE void backward(const DepthwiseLoops& l, const T* x, const T* weight, const T* dy, T* dx,
                                   double* dweight, double* dbias, std::int64_t begin, std::int64_t end) {
  const std::int64_t C = count_of<kFixed>(l.channels), in = l.columns.in * C, out = l.columns.out * C;
  std::vector<T> dw(static_cast<std::size_t>(l.rows.taps * l.columns.taps * C), T(0));
  std::vector<T> db(static_cast<std::size_t>(C), T(0));
  T* bias = db.data();
  for (std::int64_t b = begin; b < end; ++b) {
    for (std::int64_t oh = 0; oh < l.rows.out; ++oh) {
      const T* line = dy + (b * l.rows.out + oh) * out;
      for (std::int64_t ow = 0; ow < l.columns.out; ++ow)
        for (std::int64_t c = 0; c < C; ++c) bias[c] += line[ow * C + c];
      each_tap(l.rows, oh, [&](std::int64_t ih, std::int64_t kh) {
        const std::int64_t at = (b * l.rows.in + ih) * in, tap = kh * l.columns.taps * C;
        for (std::int64_t ow = 0; ow < l.columns.out; ++ow)
          each_tap(l.columns, ow, [&](std::int64_t iw, std::int64_t kw) {
            spread_tap<kFixed>(x + at + iw * C, weight + tap + kw * C, line + ow * C, dx + at + iw * C,
                               dw.data() + tap + kw * C, C);
          });
      });
    }
    flush(dw, dweight);
    flush(db, dbias);
  }
}

template <class T>
AUTODIDACT_NN_INLINE void forward_any(const DepthwiseLoops& l, const T* x, const T* weight, const T* bias, T* y,
                                      std::int64_t begin, std::int64_t end) {
  if (l.channels == 2) return forward<2>(l, x, weight, bias, y, begin, end);
  if (l.channels == 4) return forward<4>(l, x, weight, bias, y, begin, end);
  if (l.channels == 8) return forward<8>(l, x, weight, bias, y, begin, end);
  if (l.channels == 16) return forward<16>(l, x, weight, bias, y, begin, end);
  forward<0>(l, x, weight, bias, y, begin, end);
}
template <class T>
AUTODIDACT_NN_INLINE void backward_any(const DepthwiseLoops& l, const T* x, const T* weight, const T* dy, T* dx,
                                       double* dweight, double* dbias, std::int64_t begin, std::int64_t end) {
  if (l.channels == 2) return backward<2>(l, x, weight, dy, dx, dweight, dbias, begin, end);
  if (l.channels == 4) return backward<4>(l, x, weight, dy, dx, dweight, dbias, begin, end);
  if (l.channels == 8) return backward<8>(l, x, weight, dy, dx, dweight, dbias, begin, end);
  if (l.channels == 16) return backward<16>(l, x, weight, dy, dx, dweight, dbias, begin, end);
  backward<0>(l, x, weight, dy, dx, dweight, dbias, begin, end);
}

}  // namespace

#define AUTODIDACT_DEPTHWISE_KERNELS(T)                                                                                \
  AUTODIDACT_NN_CLONES void depthwise_forward(const DepthwiseLoops& loops, const T* x, const T* weight, const T* bias, \
                                              T* y, std::int64_t begin, std::int64_t end) {                            \
    forward_any(loops, x, weight, bias, y, begin, end);                                                                \
  }                                                                                                                    \
  AUTODIDACT_NN_CLONES void depthwise_backward(const DepthwiseLoops& loops, const T* x, const T* weight, const T* dy,  \
                                               T* dx, double* dweight, double* dbias, std::int64_t begin,              \
                                               std::int64_t end) {                                                     \
    backward_any(loops, x, weight, dy, dx, dweight, dbias, begin, end);                                                \
  }
AUTODIDACT_DEPTHWISE_KERNELS(float)
AUTODIDACT_DEPTHWISE_KERNELS(double)
#undef AUTODIDACT_DEPTHWISE_KERNELS

}  // namespace autodidact::nn
