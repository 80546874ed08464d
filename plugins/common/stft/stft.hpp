// Short-time Fourier transform with real and imaginary parts as channels, and its inverse with the true length.
//
// Periodic Hann window of n_fft samples or none (a rectangular one), centred frames with reflected ends, one-sided, W =
// 1 + L / hop frames (of L - 1 for an odd n_fft, as in the library).
// x (B, C, L) -> u (B, 2C, H, W) with H = n_fft / 2 + 1; channel order (re, im) per input channel. Both directions are
// linear, so each is one product with a small matrix: (n_fft x 2H) after cutting frames, (2H x n_fft) before adding
// them up. They agree with at::stft and at::istft to rounding.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::stft {

enum class Window { hann, none };

struct StftOptions {
  std::int64_t n_fft = 8;
  std::int64_t hop = 2;
  bool normalized = false;  // divide by sqrt(n_fft), and multiply in the inverse
  Window window = Window::hann;
};

// Rows [first, first + count) of a transform.
struct Band {
  std::int64_t first = 0, count = 0;
};

class Stft {
 public:
  // For series of `length` samples of `type` (float32, or float64 in checks). Throws ConfigError unless n_fft >= 2, 1
  // <= hop <= n_fft, and the windows of a series of `length` cover each sample (NOLA: the sum of squared windows is
  // nowhere near 0); DataError if `length` is too short to reflect n_fft / 2 samples.
  Stft(const StftOptions& options, std::int64_t length, at::ScalarType type = at::kFloat);

  std::int64_t height() const { return options_.n_fft / 2 + 1; }
  std::int64_t frames() const { return 1 + (length_ - options_.n_fft % 2) / options_.hop; }
  // Samples that an inverse without a length would give back: for an even n_fft L cut to a multiple of hop.
  std::int64_t whole_hops() const { return (frames() - 1) * options_.hop; }

  at::Tensor forward(const at::Tensor& x) const;  // (B, C, L) -> (B, 2C, H, W), contiguous
  at::Tensor inverse(const at::Tensor& u) const;  // (B, 2C, H, W) -> (B, C, L)
  // Of maps that are zero outside a band, from its rows alone: (B, 2C, band.count, W) -> (B, C, L).
  at::Tensor inverse(const at::Tensor& u, const Band& band) const;

  void to(c10::Device device);

 private:
  void check() const;
  at::Tensor series_of(const at::Tensor& u, const at::Tensor& synthesis) const;

  StftOptions options_;
  std::int64_t length_;
  std::int64_t overlap_;  // frames that cover one sample: n_fft / hop, rounded up
  at::Tensor analysis_;   // (n_fft, 2H) window times cosines and minus sines
  at::Tensor synthesis_;  // (2H, overlap * hop) its inverse times the window, zeros beyond n_fft
  at::Tensor coverage_;   // (L) 1 / sum of squared windows
};

}  // namespace autodidact::stft
