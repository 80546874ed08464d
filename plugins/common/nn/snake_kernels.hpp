// The loops behind snake.hpp, over rows of `width` values that lie side by side, with a and 1 / a for each column.
#pragma once

#include <cstdint>

namespace autodidact::nn {

template <class T>
struct SnakeRows {
  const T *x, *a, *inverse;  // a and inverse (width)
  std::int64_t width;
};

// Rows [begin, end). Forward: y = x + sin^2(a x) / a. Backward: dx, and da (width) is added to.
#define AUTODIDACT_SNAKE_KERNELS(T)                                                      \
  void snake_forward(const SnakeRows<T>& k, T* y, std::int64_t begin, std::int64_t end); \
  void snake_backward(const SnakeRows<T>& k, const T* dy, T* dx, std::int64_t begin, std::int64_t end, double* da);
AUTODIDACT_SNAKE_KERNELS(float)
AUTODIDACT_SNAKE_KERNELS(double)
#undef AUTODIDACT_SNAKE_KERNELS

}  // namespace autodidact::nn
