#include "metrics/reconstruction.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kBlock = 256;  // series a block
constexpr std::int64_t kFft = 8, kHop = 2;
constexpr double kDtwCells = 1.5e10;  // about 10 s on one thread with 256-bit vectors or wider

// (n, C, L) float64 -> (n * C, bins, frames, 2)
at::Tensor spectrum(const at::Tensor& x) {
  const at::Tensor window = at::hann_window(kFft, /*periodic=*/true, at::kDouble);
  return at::view_as_real(at::stft(x.flatten(0, 1), kFft, kHop, kFft, window, /*center=*/true, "reflect",
                                   /*normalized=*/false, /*onesided=*/true, /*return_complex=*/true));
}

}  // namespace

ReconstructionErrors reconstruction_errors(const at::Tensor& x, const at::Tensor& x_hat) {
  const std::int64_t n = x.size(0), length = x.size(2);
  const bool has_stft = length > kFft / 2;  // reflection needs more samples than it adds
  double squared = 0, absolute = 0, spectral = 0, bins = 0;
  for (std::int64_t first = 0; first < n; first += kBlock) {
    const std::int64_t count = std::min(kBlock, n - first);
    const at::Tensor a = x.narrow(0, first, count).to(at::kDouble), b = x_hat.narrow(0, first, count).to(at::kDouble);
    const at::Tensor difference = a - b;
    squared += difference.square().sum().item<double>();
    absolute += difference.abs().sum().item<double>();
    if (!has_stft) continue;
    const at::Tensor spectral_difference = spectrum(difference);  // the transform is linear
    spectral += spectral_difference.square().sum().item<double>();
    bins += static_cast<double>(spectral_difference.numel());
  }
  const auto elements = static_cast<double>(x.numel());
  return {squared / elements, absolute / elements, has_stft ? spectral / bins : kNone};
}

at::Tensor euclidean_distances(const at::Tensor& x, const at::Tensor& y) {
  return at::linalg_vector_norm(x.to(at::kDouble) - y.to(at::kDouble), 2, at::IntArrayRef{2}).mean(1);
}

std::int64_t dtw_affordable(std::int64_t n, std::int64_t channels, std::int64_t length, std::int64_t window) {
  const double row = static_cast<double>(std::min(length, 2 * window + 1));
  const double cells = static_cast<double>(channels) * static_cast<double>(length) * row;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::min(kDtwCells / cells, 1e15)), 1, n);
}

void measure_reconstruction(const MeasureInput& input, const Sets& series, Report& report) {
  if (!input.reconstruction.defined()) return;
  const at::Tensor x = series.test;
  const at::Tensor x_hat = input.reconstruction.narrow(2, 0, x.size(2));
  const std::int64_t n = x.size(0);
  const ReconstructionErrors errors = reconstruction_errors(x, x_hat);
  const auto add = [&](const char* name, double value, std::int64_t count) -> Measurement& {
    Measurement& row = report.add(name);
    row.value = value;
    row.n_real = row.n_gen = count;
    if (input.crop > 0) append_note(row.note, "last " + std::to_string(input.crop) + " sample(s) left out");
    return row;
  };
  add("mse", errors.mse, n);
  add("mae", errors.mae, n);
  Measurement& stft = add("stft_mse", errors.stft_mse, n);
  if (std::isnan(errors.stft_mse)) append_note(stft.note, "series shorter than the window");
  add("ed_recon", euclidean_distances(x, x_hat).mean().item<double>(), n);

  const auto share = static_cast<std::int64_t>(std::llround(input.dtw_window * static_cast<double>(x.size(2))));
  const std::int64_t window = input.dtw_window > 0 ? std::max<std::int64_t>(1, share) : kNoWindow;
  const std::int64_t affordable = dtw_affordable(n, x.size(1), x.size(2), window);
  Stream64 stream = stream_for(input.seed, "dtw subset");
  const at::Tensor chosen = draw_subset(n, affordable, stream);
  const at::Tensor distances = dtw_distances(x.index_select(0, chosen), x_hat.index_select(0, chosen), window);
  Measurement& dtw = add("dtw_recon", distances.mean().item<double>(), affordable);
  if (input.dtw_window > 0) append_note(dtw.note, "window of " + std::to_string(window) + " steps");
  if (affordable < n)
    append_note(dtw.note, "seeded subset of " + std::to_string(affordable) + " of " + std::to_string(n) + " series");
}

}  // namespace autodidact
