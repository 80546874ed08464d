// Batch normalisation per column and view, followed by ReLU: a hidden layer of a projector in one walk over memory.
//
// LibTorch's batch normalisation of a (B, F) matrix walks columns with a stride of F and takes its passes over the
// whole matrix one after the other; here a block of columns stays in the first cache levels until it is done.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::ssl {

// Of each view's columns, (V, F) each, in float32 (float64 for float64 input).
struct ColumnMoments {
  at::Tensor mean;
  at::Tensor variance;  // biased
  at::Tensor inverse;   // 1 / sqrt(variance + eps)
};

struct Activated {
  at::Tensor out;  // (V * B, F), of the input's type
  ColumnMoments moments;
};

// relu(gain * (h - mean) / sqrt(variance + eps) + shift). h: (V * B, F) contiguous; float32, bfloat16 or float64; view
// v in rows [v * B, (v + 1) * B), with its own moments. gain, shift: (F).
Activated norm_relu(const at::Tensor& h, std::int64_t views, const at::Tensor& gain, const at::Tensor& shift,
                    double eps);

struct NormReluGradient {
  at::Tensor h;            // (V * B, F), of the input's type
  at::Tensor gain, shift;  // (F)
};

// grad: of `out`, (V * B, F), of the input's type.
NormReluGradient norm_relu_backward(const at::Tensor& grad, const at::Tensor& h, const Activated& forward,
                                    const at::Tensor& gain);

}  // namespace autodidact::ssl
