#include "common/nn/norm_kernels.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "common/nn/clones.hpp"

namespace autodidact::nn {
namespace {

using c10::BFloat16;
constexpr std::int64_t kChunk = 64;  // rows summed in the arithmetic type before they are added in double

AUTODIDACT_NN_INLINE float load(float v) { return v; }
AUTODIDACT_NN_INLINE double load(double v) { return v; }
AUTODIDACT_NN_INLINE float load(BFloat16 v) { return std::bit_cast<float>(static_cast<std::uint32_t>(v.x) << 16); }

AUTODIDACT_NN_INLINE void store(float* to, float v) { *to = v; }
AUTODIDACT_NN_INLINE void store(double* to, double v) { *to = v; }
AUTODIDACT_NN_INLINE void store(BFloat16* to, float v) {  // to nearest, ties to even
  const auto bits = std::bit_cast<std::uint32_t>(v);
  const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  to->x = static_cast<std::uint16_t>(v == v ? rounded : 0x7fc0U);
}

template <class A>
AUTODIDACT_NN_INLINE void flush(A* __restrict chunk, double* __restrict total, std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) {
    total[c] += static_cast<double>(chunk[c]);
    chunk[c] = 0;
  }
}

// Calls row(index, one, two) for each row, where one and two (C) collect the sums of a chunk.
template <class A, class F>
AUTODIDACT_NN_INLINE void sum_rows(std::int64_t channels, std::int64_t begin, std::int64_t end, double* first,
                                   double* second, F&& row) {
  std::vector<A> chunk(static_cast<std::size_t>(2 * channels), A(0));
  A* one = chunk.data();
  A* two = one + channels;
  for (std::int64_t from = begin; from < end; from += kChunk) {
    for (std::int64_t r = from; r < std::min(end, from + kChunk); ++r) row(r, one, two);
    flush(one, first, channels);
    flush(two, second, channels);
  }
}

// The loops over channels get their pointers as restricted locals: only then do compilers vectorise them.
template <class T, class A>
AUTODIDACT_NN_INLINE void add_rows(const T* __restrict x, const T* __restrict residual, T* __restrict sum,
                                   std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) store(sum + c, load(x[c]) + load(residual[c]));
}
template <class T, class A>
AUTODIDACT_NN_INLINE void moments(const T* __restrict s, const A* __restrict pivot, A* __restrict one,
                                  A* __restrict two, std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const A d = load(s[c]) - pivot[c];
    one[c] += d;
    two[c] += d * d;
  }
}

template <class T>
AUTODIDACT_NN_INLINE void sums_of(const NormSums<T>& k, std::int64_t begin, std::int64_t end, double* first,
                                  double* second) {
  using A = Arithmetic<T>;
  const std::int64_t C = k.channels;
  const T *x = k.x, *residual = k.residual;
  T* sum = k.sum;
  const A* pivot = k.pivot;
  if (residual == nullptr) {
    sum_rows<A>(C, begin, end, first, second,
                [=](std::int64_t r, A* one, A* two) { moments<T, A>(x + r * C, pivot, one, two, C); });
    return;
  }
  sum_rows<A>(C, begin, end, first, second, [=](std::int64_t r, A* one, A* two) {
    add_rows<T, A>(x + r * C, residual + r * C, sum + r * C, C);
    moments<T, A>(sum + r * C, pivot, one, two, C);
  });
}

template <bool kNormed, bool kActivated, class T, class A>
AUTODIDACT_NN_INLINE void apply_row(const T* __restrict s, const A* __restrict scale, const A* __restrict offset,
                                    A slope, T* __restrict normed, T* __restrict activated, std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const A y = load(s[c]) * scale[c] + offset[c];
    if constexpr (kNormed) store(normed + c, y);
    if constexpr (kActivated) store(activated + c, y > A(0) ? y : y * slope);
  }
}
template <bool kNormed, bool kActivated, class T>
AUTODIDACT_NN_INLINE void apply_rows(const NormApply<T>& k, std::int64_t begin, std::int64_t end) {
  const NormApply<T> l = k;
  for (std::int64_t r = begin; r < end; ++r) {
    const std::int64_t at = r * l.channels;
    apply_row<kNormed, kActivated>(l.s + at, l.scale, l.offset, l.slope, kNormed ? l.normed + at : nullptr,
                                   kActivated ? l.activated + at : nullptr, l.channels);
  }
}
template <class T>
AUTODIDACT_NN_INLINE void apply(const NormApply<T>& k, std::int64_t begin, std::int64_t end) {
  if (k.normed != nullptr && k.activated != nullptr) return apply_rows<true, true>(k, begin, end);
  if (k.normed != nullptr) return apply_rows<true, false>(k, begin, end);
  apply_rows<false, true>(k, begin, end);
}

// What arrives at `normed` from both outputs.
template <bool kNormed, bool kActivated, class T, class A>
AUTODIDACT_NN_INLINE A arriving(const T* d_normed, const T* d_activated, A pre, A slope) {
  if constexpr (!kActivated) return load(*d_normed);
  const A d = load(*d_activated);
  const A through = pre > A(0) ? d : d * slope;
  if constexpr (!kNormed) return through;
  return load(*d_normed) + through;
}
template <bool kNormed, bool kActivated, class T, class A>
AUTODIDACT_NN_INLINE void gradient_moments(const T* __restrict s, const T* __restrict d_normed,
                                           const T* __restrict d_activated, const A* __restrict scale,
                                           const A* __restrict offset, const A* __restrict mean, A slope,
                                           A* __restrict one, A* __restrict two, std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const A v = load(s[c]);
    const A g = arriving<kNormed, kActivated, T, A>(d_normed + c, d_activated + c, v * scale[c] + offset[c], slope);
    one[c] += g;
    two[c] += g * (v - mean[c]);
  }
}
template <bool kNormed, bool kActivated, class T, class A>
AUTODIDACT_NN_INLINE void gradient_row(const T* __restrict s, const T* __restrict d_normed,
                                       const T* __restrict d_activated, const NormGradient<T>& k, T* __restrict ds) {
  const A* __restrict scale = k.scale, * __restrict offset = k.offset, * __restrict mean = k.mean;
  const A* __restrict of_s = k.b, * __restrict constant = k.c;
  const A slope = k.slope;
  const std::int64_t channels = k.channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    const A v = load(s[c]);
    const A g = arriving<kNormed, kActivated, T, A>(d_normed + c, d_activated + c, v * scale[c] + offset[c], slope);
    store(ds + c, scale[c] * g + of_s[c] * (v - mean[c]) + constant[c]);
  }
}

template <bool kNormed, bool kActivated, class T>
AUTODIDACT_NN_INLINE void gradient_sum_rows(const NormGradient<T>& k, std::int64_t begin, std::int64_t end,
                                            double* first, double* second) {
  using A = Arithmetic<T>;
  const NormGradient<T> l = k;
  sum_rows<A>(l.channels, begin, end, first, second, [=](std::int64_t r, A* one, A* two) {
    const std::int64_t at = r * l.channels;
    gradient_moments<kNormed, kActivated, T, A>(l.s + at, l.d_normed + at, l.d_activated + at, l.scale, l.offset,
                                                l.mean, l.slope, one, two, l.channels);
  });
}
template <bool kNormed, bool kActivated, class T>
AUTODIDACT_NN_INLINE void gradient_rows(const NormGradient<T>& k, std::int64_t begin, std::int64_t end) {
  const NormGradient<T> l = k;
  for (std::int64_t r = begin; r < end; ++r) {
    const std::int64_t at = r * l.channels;
    gradient_row<kNormed, kActivated, T, Arithmetic<T>>(l.s + at, l.d_normed + at, l.d_activated + at, l, l.ds + at);
  }
}

template <class T>
AUTODIDACT_NN_INLINE void gradient_sums(const NormGradient<T>& k, std::int64_t begin, std::int64_t end, double* first,
                                        double* second) {
  const bool normed = k.d_normed != nullptr, activated = k.d_activated != nullptr;
  if (normed && activated) return gradient_sum_rows<true, true>(k, begin, end, first, second);
  if (normed) return gradient_sum_rows<true, false>(k, begin, end, first, second);
  gradient_sum_rows<false, true>(k, begin, end, first, second);
}
template <class T>
AUTODIDACT_NN_INLINE void gradient(const NormGradient<T>& k, std::int64_t begin, std::int64_t end) {
  const bool normed = k.d_normed != nullptr, activated = k.d_activated != nullptr;
  if (normed && activated) return gradient_rows<true, true>(k, begin, end);
  if (normed) return gradient_rows<true, false>(k, begin, end);
  gradient_rows<false, true>(k, begin, end);
}

}  // namespace

#define AUTODIDACT_NORM_KERNELS(T)                                                                               \
  AUTODIDACT_NN_CLONES void norm_sums(const NormSums<T>& k, std::int64_t begin, std::int64_t end, double* first, \
                                      double* second) {                                                          \
    sums_of(k, begin, end, first, second);                                                                       \
  }                                                                                                              \
  AUTODIDACT_NN_CLONES void norm_apply(const NormApply<T>& k, std::int64_t begin, std::int64_t end) {            \
    apply(k, begin, end);                                                                                        \
  }                                                                                                              \
  AUTODIDACT_NN_CLONES void norm_gradient_sums(const NormGradient<T>& k, std::int64_t begin, std::int64_t end,   \
                                               double* first, double* second) {                                  \
    gradient_sums(k, begin, end, first, second);                                                                 \
  }                                                                                                              \
  AUTODIDACT_NN_CLONES void norm_gradient(const NormGradient<T>& k, std::int64_t begin, std::int64_t end) {      \
    gradient(k, begin, end);                                                                                     \
  }
AUTODIDACT_NORM_KERNELS(float)
AUTODIDACT_NORM_KERNELS(double)
AUTODIDACT_NORM_KERNELS(BFloat16)
#undef AUTODIDACT_NORM_KERNELS

}  // namespace autodidact::nn
