// Augmentations of the NC-VQVAE study (Mathisen and Lunde, NTNU 2024; arXiv 2408.16613), on the standardised series.
// differs: no trip through STFT and back at the end, which left the last L mod 8 samples zero.
#include "data/augment.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "config/augmentations.hpp"

namespace autodidact {
namespace {

// index (B, L) -> values (B, C, L)
at::Tensor taken(const at::Tensor& x, const at::Tensor& index) { return x.gather(2, index.unsqueeze(1).expand_as(x)); }

at::Tensor whole_numbers(std::int64_t below, at::IntArrayRef shape, const at::Tensor& like, at::Generator& generator) {
  return at::randint(0, below, shape, generator, like.options().dtype(at::kLong));
}

at::Tensor warp_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const std::int64_t batch = x.size(0), length = x.size(2);
  const double low = augmentation_number(step, "scale_min"), high = augmentation_number(step, "scale_max");
  const double wanted = std::nearbyint(augmentation_number(step, "window_ratio") * static_cast<double>(length));
  const auto window = std::clamp(static_cast<std::int64_t>(wanted), std::int64_t{1}, length);
  WindowWarp warp;
  warp.start = whole_numbers(std::max<std::int64_t>(length - window, 1), {batch}, x, generator);
  const at::Tensor u = at::rand({batch}, generator, x.options().dtype(at::kDouble));
  // int(w scale), and never empty
  warp.points = ((low + (high - low) * u) * static_cast<double>(window)).to(at::kLong).clamp_min(1);
  return window_warp(x, window, warp);
}

at::Tensor shuffle_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const std::int64_t batch = x.size(0), length = x.size(2);
  const auto segments = static_cast<std::int64_t>(augmentation_number(step, "segments"));
  SliceShuffle shuffle;
  shuffle.cuts = std::get<0>(whole_numbers(length, {batch, segments - 1}, x, generator).sort(1));
  shuffle.order = at::rand({batch, segments}, generator, x.options().dtype(at::kDouble)).argsort(1, false);
  return slice_shuffle(x, shuffle);
}

at::Tensor resize_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const at::Tensor factor = at::randn({x.size(0), 1, 1}, generator, x.options());
  return x * factor.mul_(augmentation_number(step, "std")).add_(1.0);
}

at::Tensor noise_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const at::Tensor noise = at::randn(x.sizes(), generator, x.options());
  return noise.mul_(augmentation_number(step, "std")).add_(augmentation_number(step, "mean")).add_(x);
}

}  // namespace

// The window is resampled linearly to `points` values, put back between head and tail, and the whole, now of length
// L - window + points, is resampled linearly to L. Both resamplings are one: each output stands between two values of
// the middle series, each of which stands between two of x.
at::Tensor window_warp(const at::Tensor& x, std::int64_t window, const WindowWarp& warp) {
  const std::int64_t length = x.size(2);
  const at::Tensor start = warp.start.unsqueeze(1).to(at::kDouble);                       // (B, 1)
  const at::Tensor points = warp.points.unsqueeze(1).to(at::kDouble);                     // (B, 1)
  const at::Tensor middle_last = points + static_cast<double>(length - window - 1);       // last index of the middle
  const at::Tensor step = static_cast<double>(window - 1) / (points - 1).clamp_min(1.0);  // (B, 1)
  const at::Tensor grid = at::arange(length, start.options()).unsqueeze(0);               // (1, L)
  const at::Tensor position = grid * middle_last / static_cast<double>(std::max<std::int64_t>(length - 1, 1));
  const at::Tensor left = position.floor();  // (B, L)

  // The middle series' values at `index`: head, window and tail of x.
  const auto value_at = [&](const at::Tensor& index) {
    const at::Tensor inside = index - start;
    const at::Tensor behind = at::where(inside < points, start + inside * step, index + (window - points));
    const at::Tensor source = at::where(inside < 0, index, behind);
    const at::Tensor low = source.floor();
    const at::Tensor share = (source - low).to(x.scalar_type()).unsqueeze(1);  // (B, 1, L)
    const at::Tensor index_low = low.to(at::kLong);
    return at::lerp(taken(x, index_low), taken(x, (index_low + 1).clamp_max_(length - 1)), share);
  };
  const at::Tensor share = (position - left).to(x.scalar_type()).unsqueeze(1);  // (B, 1, L)
  return at::lerp(value_at(left), value_at((left + 1).minimum(middle_last)), share);
}

at::Tensor slice_shuffle(const at::Tensor& x, const SliceShuffle& shuffle) {
  const std::int64_t batch = x.size(0), length = x.size(2);
  const auto options = shuffle.cuts.options();
  const at::Tensor begin = at::cat({at::zeros({batch, 1}, options), shuffle.cuts}, 1);  // (B, S) in x
  const at::Tensor end = at::cat({shuffle.cuts, at::full({batch, 1}, length, options)}, 1);
  const at::Tensor begin_of = begin.gather(1, shuffle.order);                   // in the new order
  const at::Tensor end_out = (end - begin).gather(1, shuffle.order).cumsum(1);  // (B, S) in the output
  const at::Tensor begin_out = at::cat({at::zeros({batch, 1}, options), end_out.slice(1, 0, -1)}, 1);
  const at::Tensor position = at::arange(length, options).expand({batch, length}).contiguous();  // (B, L)
  // The segment of an output position: the first that ends behind it, so empty ones are passed over.
  const at::Tensor segment = at::searchsorted(end_out.contiguous(), position, false, true);
  return taken(x, position + (begin_of - begin_out).gather(1, segment));
}

at::Tensor augment(const at::Tensor& x, const std::vector<AugmentationStep>& steps, at::Generator& generator) {
  at::NoGradGuard no_grad;
  TORCH_CHECK(x.dim() == 3, "augment: found a tensor of rank ", x.dim(), ", expected (B, C, L)");
  at::Tensor result = x;
  for (const AugmentationStep& step : steps) {
    if (const std::string fault = augmentation_fault(step); !fault.empty()) throw ConfigError(fault);
    if (step.kind == "window_warp") result = warp_step(result, step, generator);
    if (step.kind == "slice_shuffle") result = shuffle_step(result, step, generator);
    if (step.kind == "amplitude_resize") result = resize_step(result, step, generator);
    if (step.kind == "gaussian_noise") result = noise_step(result, step, generator);
  }
  return steps.empty() ? x.clone() : result;
}

bool moves_positions(const std::vector<AugmentationStep>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const AugmentationStep& step) {
    return step.kind == "window_warp" || step.kind == "slice_shuffle";
  });
}

}  // namespace autodidact
