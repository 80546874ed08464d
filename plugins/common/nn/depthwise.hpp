// Depthwise convolutions and their transposes on channels-last maps, without a graph: parts of larger operators.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/nn/conv.hpp"

namespace autodidact::nn {

// `replicated` pads with the value at the edge.
enum class DepthwiseKind { padded, replicated, transposed };
struct DepthwiseShape {
  ConvShape conv;
  DepthwiseKind kind = DepthwiseKind::padded;
};

// x (B, D, H, W) channels-last, weight (D, 1, kh, kw), bias (D) or undefined -> (B, D, H', W') channels-last. float32
// or float64, all of one type.
at::Tensor depthwise_values(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                            const DepthwiseShape& shape);
struct DepthwiseGradient {
  at::Tensor x, weight, bias;
};
DepthwiseGradient depthwise_gradient(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& dy,
                                     const DepthwiseShape& shape);

}  // namespace autodidact::nn
