// The loops behind norm_act.hpp, over rows of C channels that lie side by side.
//
// Storage T is float, double or bfloat16; arithmetic A is float, or double for double. Sums are taken in A over kChunk
// rows and in double beyond, so that they do not lose digits with the number of rows.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

namespace autodidact::nn {

template <class T>
struct ArithmeticOf {
  using type = float;
};
template <>
struct ArithmeticOf<double> {
  using type = double;
};
template <class T>
using Arithmetic = typename ArithmeticOf<T>::type;

// Sums of (s - pivot) and (s - pivot)^2 per channel; with a residual s = x + residual is stored, else s = x.
template <class T>
struct NormSums {
  const T *x, *residual;       // residual may be null
  T* sum;                      // written if there is a residual
  const Arithmetic<T>* pivot;  // (C) any values near the mean: they keep the squares from cancelling
  std::int64_t channels;
};

// normed = scale s + offset, activated = leaky(normed); either output may be null.
template <class T>
struct NormApply {
  const T* s;
  T *normed, *activated;
  const Arithmetic<T>*scale, *offset;  // (C)
  Arithmetic<T> slope;
  std::int64_t channels;
};

// With g = d normed + leaky'(normed) d activated: sums of g and g (s - mean), then ds = scale g + b (s - mean) + c.
template <class T>
struct NormGradient {
  const T *s, *d_normed, *d_activated;        // either gradient may be null
  const Arithmetic<T>*scale, *offset, *mean;  // (C)
  const Arithmetic<T>*b, *c;                  // (C), of the second pass
  T* ds;
  Arithmetic<T> slope;
  std::int64_t channels;
};

// Rows [begin, end); `first` and `second` are (C) and are added to.
#define AUTODIDACT_NORM_KERNELS(T)                                                                         \
  void norm_sums(const NormSums<T>&, std::int64_t begin, std::int64_t end, double* first, double* second); \
  void norm_apply(const NormApply<T>&, std::int64_t begin, std::int64_t end);                              \
  void norm_gradient_sums(const NormGradient<T>&, std::int64_t begin, std::int64_t end, double* first,     \
                          double* second);                                                                 \
  void norm_gradient(const NormGradient<T>&, std::int64_t begin, std::int64_t end);
AUTODIDACT_NORM_KERNELS(float)
AUTODIDACT_NORM_KERNELS(double)
AUTODIDACT_NORM_KERNELS(c10::BFloat16)
#undef AUTODIDACT_NORM_KERNELS

}  // namespace autodidact::nn
