// Errors of x_hat against x, pair by pair. Series are (N, C, L); sums run in float64.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact {

struct ReconstructionErrors {
  double mse = 0, mae = 0;  // means over all elements
  double stft_mse = 0;      // mean over real and imaginary parts; NaN where L is too short for the window
};
// STFT of reference 1.2: n_fft 8, hop 2, periodic Hann, centred with reflection, one-sided, not normalised.
ReconstructionErrors reconstruction_errors(const at::Tensor& x, const at::Tensor& x_hat);

// (N): mean over channels of the Euclidean distance of two series.
at::Tensor euclidean_distances(const at::Tensor& x, const at::Tensor& y);
inline constexpr std::int64_t kNoWindow = std::int64_t{1} << 40;
// (N): dependent multivariate dynamic time warping, squared Euclidean cost a cell, root of the total; steps i of one
// and j of the other at most `window` apart (Sakoe and Chiba 1978).
at::Tensor dtw_distances(const at::Tensor& x, const at::Tensor& y, std::int64_t window = kNoWindow);
// How many of n pairs (C, L) fit in about 10 s on one thread; at least 1.
std::int64_t dtw_affordable(std::int64_t n, std::int64_t channels, std::int64_t length,
                            std::int64_t window = kNoWindow);

}  // namespace autodidact
