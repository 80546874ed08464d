// Steps on the bins of a short-time Fourier transform.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "config/run.hpp"

namespace autodidact {

at::Tensor stft_mask_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor stft_band_mask_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor stft_phase_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);
at::Tensor stft_noise_step(const at::Tensor& x, const AugmentationStep& step, at::Generator& generator);

// A transform for any length. Periodic Hann window, one-sided, frames centred at 0, hop, 2 hop, ... up to the first at
// or behind the last value, so that no value hangs on the faint edge of a single window. Outside of [0, L) a series
// goes on by reflection at its ends, again and again where it is shorter than a frame. differs: the study's own round
// trip was as long as the last whole hop, with zeros behind it.
struct Bins {
  std::int64_t n_fft = 32, hop = 8;
  std::int64_t height() const { return n_fft / 2 + 1; }
  std::int64_t frames(std::int64_t length) const { return 1 + (length - 1 + hop - 1) / hop; }
  at::Tensor of(const at::Tensor& x) const;                              // (B, C, L) -> (B, C, H, W) complex
  at::Tensor series(const at::Tensor& bins, std::int64_t length) const;  // back, exact to rounding
};

}  // namespace autodidact
