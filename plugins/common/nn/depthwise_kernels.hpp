// The loops behind depthwise.hpp: which input position each tap of an output position reads is a table for each axis,
// so that strided, padded and transposed convolutions are the same loops.
#pragma once

#include <cstdint>
#include <vector>

namespace autodidact::nn {

struct TapAxis {
  std::int64_t in = 0, out = 0, taps = 0;
  std::vector<std::int64_t> from;  // (out, taps): input position, or -1 for none
};

struct DepthwiseLoops {
  TapAxis rows, columns;  // of H and W
  std::int64_t channels = 0;
};

// Series [begin, end) of channels-last maps; weight and its gradient are (taps of H, taps of W, C).
// Forward: y = bias + sum of taps; bias may be null. Backward: dx is added to (it starts from zeros), and so are
// dweight and dbias (C).
#define AUTODIDACT_DEPTHWISE_KERNELS(T)                                                                 \
  void depthwise_forward(const DepthwiseLoops& loops, const T* x, const T* weight, const T* bias, T* y, \
                         std::int64_t begin, std::int64_t end);                                         \
  void depthwise_backward(const DepthwiseLoops& loops, const T* x, const T* weight, const T* dy, T* dx, \
                          double* dweight, double* dbias, std::int64_t begin, std::int64_t end);
AUTODIDACT_DEPTHWISE_KERNELS(float)
AUTODIDACT_DEPTHWISE_KERNELS(double)
#undef AUTODIDACT_DEPTHWISE_KERNELS

}  // namespace autodidact::nn
