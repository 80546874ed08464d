#include "data/augment_value.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "config/augmentations.hpp"
#include "data/augment_draw.hpp"

namespace autodidact {

// differs, here and below: one factor, shift or slope for all channels of a series, so that their relations stay; the
// published codes draw one a channel.
at::Tensor amplitude_resize_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const at::Tensor factor = at::randn({x.size(0), 1, 1}, generator, x.options());
  return x * factor.mul_(augmentation_number(step, "std")).add_(1.0);
}

at::Tensor uniform_resize_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return x * symmetric(augmentation_number(step, "rate"), {x.size(0), 1, 1}, x, generator).add_(1.0);
}

// differs: VIbCReg's code takes the deviation before it scales the series, so that the shift is in other units.
at::Tensor vertical_shift_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const at::Tensor deviation = x.std(2, /*unbiased=*/false, /*keepdim=*/true);  // (B, C, 1)
  return x + deviation * symmetric(augmentation_number(step, "rate"), {x.size(0), 1, 1}, x, generator);
}

at::Tensor sign_flip_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return at::where(coins(augmentation_number(step, "p"), {x.size(0), 1, 1}, x, generator), -x, x);
}

at::Tensor slope_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const at::Tensor slope = symmetric(augmentation_number(step, "rate"), {x.size(0), 1, 1}, x, generator);
  return x + slope * at::arange(x.size(2), x.options());
}

at::Tensor magnitude_warp_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const auto knots = static_cast<std::int64_t>(augmentation_number(step, "knots"));
  const at::Tensor values = normal_noise(augmentation_number(step, "std"), {x.size(0), knots + 2}, x, generator);
  // The spline of 1 + v is 1 + the spline of v, and this one is exactly 1 where v is 0.
  return x * (spline_curves(values, x.size(2)) + 1.0).unsqueeze(1);
}

at::Tensor gaussian_noise_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const at::Tensor noise = at::randn(x.sizes(), generator, x.options());
  return noise.mul_(augmentation_number(step, "std")).add_(augmentation_number(step, "mean")).add_(x);
}

at::Tensor jitter_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return normal_noise(augmentation_number(step, "std"), x.sizes(), x, generator).add_(x);
}

at::Tensor window_jitter_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const std::int64_t length = x.size(2), window = share_of(augmentation_number(step, "window_ratio"), length);
  const at::Tensor start = whole_numbers(length - window + 1, {x.size(0), 1, 1}, x, generator);
  const at::Tensor noise = normal_noise(augmentation_number(step, "std"), x.sizes(), x, generator);
  const at::Tensor inside = at::arange(length, start.options()) - start;  // (B, 1, L)
  return at::where(inside.ge(0).logical_and_(inside.lt(window)), x + noise, x);
}

// A spline is linear in its values, so all curves are one product with a matrix (L, n). With the knots one apart, the
// second derivatives M at the knots solve M[i-1] + 4 M[i] + M[i+1] = 6 (v[i-1] - 2 v[i] + v[i+1]) inside and
// M[0] - 2 M[1] + M[2] = 0 at each end.
at::Tensor spline_curves(const at::Tensor& values, std::int64_t length) {
  const std::int64_t n = values.size(1);
  const at::Tensor value = at::eye(n, values.options().dtype(at::kDouble));                 // v as a function of v
  const at::Tensor inner = value.slice(0, 1, n - 1);                                        // (n - 2, n)
  const at::Tensor second = value.slice(0, 0, n - 2) - 2.0 * inner + value.slice(0, 2, n);  // differences, (n - 2, n)
  const at::Tensor none = at::zeros({1, n}, value.options());
  const at::Tensor left = at::cat({second.slice(0, 0, 1), second + 6.0 * inner, second.slice(0, n - 3, n - 2)});
  const at::Tensor bend = at::linalg_solve(left, at::cat({none, 6.0 * second, none}));  // M as a function of v, (n, n)

  const double spacing = static_cast<double>(n - 1) / static_cast<double>(std::max<std::int64_t>(length - 1, 1));
  const at::Tensor position = at::arange(length, value.options()) * spacing;
  const at::Tensor low = position.floor().clamp_max_(static_cast<double>(n - 2));
  const at::Tensor to_right = (position - low).unsqueeze(1), to_left = 1.0 - to_right;  // (L, 1)
  const at::Tensor i = low.to(at::kLong);
  const auto part = [&](const at::Tensor& knot, const at::Tensor& weight) {
    return value.index_select(0, knot) * weight + bend.index_select(0, knot) * ((weight.pow(3) - weight) / 6.0);
  };
  const at::Tensor basis = part(i, to_left) + part(i + 1, to_right);  // (L, n)
  return values.matmul(basis.to(values.scalar_type()).t());
}

}  // namespace autodidact
