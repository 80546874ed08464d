// Steps that change values and leave them at their place in time.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "config/run.hpp"

namespace autodidact {

at::Tensor amplitude_resize_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor uniform_resize_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor vertical_shift_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor sign_flip_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor slope_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor magnitude_warp_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor gaussian_noise_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor jitter_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor window_jitter_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);

// Cubic splines through n >= 4 evenly spaced values: values (B, n) at 0, ..., L - 1 -> curves (B, L), both ends
// included. The third derivative is continuous at the second value and the last but one (not-a-knot), as scipy has it.
at::Tensor spline_curves(const at::Tensor& values, std::int64_t length);

}  // namespace autodidact
