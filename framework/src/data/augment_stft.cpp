#include "data/augment_stft.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "config/augmentations.hpp"
#include "data/augment_draw.hpp"

namespace autodidact {
namespace {

Bins bins_of(const AugmentationStep& step) {
  return {static_cast<std::int64_t>(augmentation_number(step, "n_fft")),
          static_cast<std::int64_t>(augmentation_number(step, "hop"))};
}

at::Tensor hann(std::int64_t n, const at::Tensor& x) {
  return at::hann_window(n, /*periodic=*/true, x.options().dtype(at::toRealValueType(x.scalar_type())));
}

// Series to bins, `change` on them (B, C, H, W), and back.
template <class Change>
at::Tensor on_bins(const at::Tensor& x, const AugmentationStep& step, Change change) {
  const Bins transform = bins_of(step);
  return transform.series(change(transform.of(x)), x.size(2));
}

}  // namespace

at::Tensor Bins::of(const at::Tensor& x) const {
  const std::int64_t length = x.size(2), period = std::max<std::int64_t>(2 * (length - 1), 1);
  const std::int64_t reach = (frames(length) - 1) * hop + n_fft;
  const at::Tensor position = at::arange(reach, x.options().dtype(at::kLong)).sub_(n_fft / 2).remainder_(period);
  const at::Tensor index = position.minimum(period - position);  // back and forth between 0 and L - 1
  const at::Tensor all = x.index_select(2, index).flatten(0, 1);
  const at::Tensor bins = at::stft(all, n_fft, hop, n_fft, hann(n_fft, x), /*normalized=*/false, /*onesided=*/true,
                                   /*return_complex=*/true);
  return bins.unflatten(0, {x.size(0), x.size(1)});
}

at::Tensor Bins::series(const at::Tensor& bins, std::int64_t length) const {
  const at::Tensor all = at::istft(bins.flatten(0, 1), n_fft, hop, n_fft, hann(n_fft, bins), /*center=*/true,
                                   /*normalized=*/false, /*onesided=*/true, length);
  return all.unflatten(0, {bins.size(0), bins.size(1)});
}

at::Tensor stft_mask_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return on_bins(x, step, [&](const at::Tensor& bins) {
    return bins.masked_fill(coins(augmentation_number(step, "p"), bins.sizes(), x, generator), 0);
  });
}

at::Tensor stft_band_mask_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return on_bins(x, step, [&](const at::Tensor& bins) {
    const std::int64_t height = bins.size(2), width = share_of(augmentation_number(step, "band_ratio"), height);
    const at::Tensor start = whole_numbers(height - width + 1, {x.size(0), 1, 1, 1}, x, generator);
    const at::Tensor inside = at::arange(height, start.options()).unsqueeze(1) - start;  // (B, 1, H, 1)
    const at::Tensor band = inside.ge(0).logical_and_(inside.lt(width)).to(x.scalar_type());
    return bins * (band * (augmentation_number(step, "scale") - 1.0)).add_(1.0);
  });
}

at::Tensor stft_phase_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return on_bins(x, step, [&](const at::Tensor& bins) {
    const at::Tensor angle = normal_noise(augmentation_number(step, "std"), bins.sizes(), x, generator);
    return bins * at::polar(at::ones_like(angle), angle);
  });
}

at::Tensor stft_noise_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator) {
  return on_bins(x, step, [&](const at::Tensor& bins) {
    const at::Tensor noise = at::randn(bins.sizes(), generator, bins.options());  // E |noise|^2 = 1
    return bins + noise * bins.abs().mul_(augmentation_number(step, "std"));
  });
}

}  // namespace autodidact
