// Crop and flip, and the augmentations in time of the NC-VQVAE study (Mathisen and Lunde, NTNU 2024; arXiv 2408.16613),
// on the standardised series. differs: no trip through STFT and back at the end, which left the last L mod 8 samples
// zero.
#include "data/augment_time.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "config/augmentations.hpp"
#include "data/augment_draw.hpp"

namespace autodidact {
namespace {

// index (B, L) -> values (B, C, L)
at::Tensor taken(const at::Tensor& x, const at::Tensor& index) { return x.gather(2, index.unsqueeze(1).expand_as(x)); }

// x at fractional positions (B, L) in [0, L - 1], between two of its values each.
at::Tensor interpolated(const at::Tensor& x, const at::Tensor& position) {
  const at::Tensor low = position.floor();
  const at::Tensor share = (position - low).to(x.scalar_type()).unsqueeze(1);  // (B, 1, L)
  const at::Tensor index_low = low.to(at::kLong);
  return at::lerp(taken(x, index_low), taken(x, (index_low + 1).clamp_max_(x.size(2) - 1)), share);
}

}  // namespace

at::Tensor window_warp_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const std::int64_t batch = x.size(0), length = x.size(2);
  const double low = augmentation_number(step, "scale_min"), high = augmentation_number(step, "scale_max");
  const std::int64_t window = share_of(augmentation_number(step, "window_ratio"), length);
  WindowWarp warp;
  warp.start = whole_numbers(std::max<std::int64_t>(length - window, 1), {batch}, x, generator);
  const at::Tensor u = at::rand({batch}, generator, x.options().dtype(at::kDouble));
  // int(w scale), and never empty
  warp.points = ((low + (high - low) * u) * static_cast<double>(window)).to(at::kLong).clamp_min(1);
  return window_warp(x, window, warp);
}

at::Tensor slice_shuffle_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const std::int64_t batch = x.size(0), length = x.size(2);
  const auto segments = static_cast<std::int64_t>(augmentation_number(step, "segments"));
  SliceShuffle shuffle;
  shuffle.cuts = std::get<0>(whole_numbers(length, {batch, segments - 1}, x, generator).sort(1));
  shuffle.order = at::rand({batch, segments}, generator, x.options().dtype(at::kDouble)).argsort(1, false);
  return slice_shuffle(x, shuffle);
}

// differs: stretched back to L, which a tokenizer of fixed length needs.
at::Tensor random_crop_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  const std::int64_t length = x.size(2), window = share_of(augmentation_number(step, "crop_ratio"), length);
  return stretched(x, window, whole_numbers(length - window + 1, {x.size(0)}, x, generator));
}

at::Tensor flip_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return at::where(coins(augmentation_number(step, "p"), {x.size(0), 1, 1}, x, generator), x.flip(2), x);
}

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
    return interpolated(x, at::where(inside < 0, index, behind));
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

at::Tensor stretched(const at::Tensor& x, std::int64_t window, const at::Tensor& start) {
  const std::int64_t length = x.size(2);
  const at::Tensor grid = at::arange(length, start.options().dtype(at::kDouble));  // (L)
  const double steps = static_cast<double>(std::max<std::int64_t>(length - 1, 1));
  // product before quotient: exact where window = L
  return interpolated(x, grid * static_cast<double>(window - 1) / steps + start.unsqueeze(1));
}

}  // namespace autodidact
