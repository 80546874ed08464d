#include "common/stft/stft.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>
#include <string>

#include "autodidact/plugin/error.hpp"
#include "common/stft/overlap_add.hpp"

namespace autodidact::stft {
namespace {

constexpr double kNola = 1e-8;  // smallest sum of squared windows that may be divided by

double window_at(std::int64_t i, const StftOptions& o) {
  if (o.window == Window::none) return 1.0;
  const std::int64_t n_fft = o.n_fft;
  return 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n_fft));
}

double angle(std::int64_t k, std::int64_t n, std::int64_t n_fft) {
  return 2.0 * std::numbers::pi * static_cast<double>(k * n % n_fft) / static_cast<double>(n_fft);
}

// (n_fft, 2H): columns 0..H-1 real parts, H..2H-1 imaginary parts.
at::Tensor analysis_matrix(const StftOptions& o) {
  const std::int64_t H = o.n_fft / 2 + 1;
  const double scale = o.normalized ? 1.0 / std::sqrt(static_cast<double>(o.n_fft)) : 1.0;
  at::Tensor out = at::empty({o.n_fft, 2 * H}, at::kDouble);
  auto at_ = out.accessor<double, 2>();
  for (std::int64_t n = 0; n < o.n_fft; ++n)
    for (std::int64_t k = 0; k < H; ++k) {
      at_[n][k] = scale * window_at(n, o) * std::cos(angle(k, n, o.n_fft));
      at_[n][H + k] = -scale * window_at(n, o) * std::sin(angle(k, n, o.n_fft));
    }
  return out;
}

// (2H, width): the inverse real transform of one frame, times the window. Of the imaginary parts those of the first bin
// and, for even n_fft, of the last one have no effect, as in every inverse real transform.
at::Tensor synthesis_matrix(const StftOptions& o, std::int64_t width) {
  const std::int64_t H = o.n_fft / 2 + 1;
  const double scale = (o.normalized ? std::sqrt(static_cast<double>(o.n_fft)) : 1.0) / static_cast<double>(o.n_fft);
  at::Tensor out = at::zeros({2 * H, width}, at::kDouble);
  auto at_ = out.accessor<double, 2>();
  for (std::int64_t k = 0; k < H; ++k) {
    const bool alone = k == 0 || 2 * k == o.n_fft;  // no mirrored partner
    for (std::int64_t n = 0; n < o.n_fft; ++n) {
      const double factor = scale * window_at(n, o) * (alone ? 1.0 : 2.0);
      at_[k][n] = factor * std::cos(angle(k, n, o.n_fft));
      at_[H + k][n] = alone ? 0.0 : -factor * std::sin(angle(k, n, o.n_fft));
    }
  }
  return out;
}

}  // namespace

Stft::Stft(const StftOptions& options, std::int64_t length, at::ScalarType type) : options_(options), length_(length) {
  check();
  const std::int64_t n_fft = options_.n_fft, hop = options_.hop;
  overlap_ = (n_fft + hop - 1) / hop;
  analysis_ = analysis_matrix(options_).to(type);
  synthesis_ = synthesis_matrix(options_, overlap_ * hop).to(type);

  at::Tensor squares = at::zeros({length_}, at::kDouble);
  double* sum = squares.data_ptr<double>();
  for (std::int64_t frame = 0; frame < frames(); ++frame)
    for (std::int64_t n = 0; n < n_fft; ++n) {
      const std::int64_t t = frame * hop + n - n_fft / 2;  // the ends are cut off again
      if (t >= 0 && t < length_) sum[t] += window_at(n, options_) * window_at(n, options_);
    }
  if (squares.min().item<double>() < kNola)
    throw ConfigError("n_fft = " + std::to_string(n_fft) + " with hop = " + std::to_string(hop) +
                      " leaves samples that no window covers, so series cannot be rebuilt; expected hop <= n_fft / 2; "
                      "lower hop");
  coverage_ = squares.reciprocal().to(type);
}

void Stft::check() const {
  const std::string found = "n_fft = " + std::to_string(options_.n_fft) + ", hop = " + std::to_string(options_.hop);
  if (options_.n_fft < 2 || options_.hop < 1 || options_.hop > options_.n_fft)
    throw ConfigError(found + ": expected n_fft >= 2 and hop from 1 to n_fft");
  if (length_ <= options_.n_fft / 2)
    throw DataError("series of length " + std::to_string(length_) + " are too short for " + found +
                    ": at least n_fft / 2 + 1 samples are needed; lower n_fft");
}

at::Tensor Stft::forward(const at::Tensor& x) const {
  const std::int64_t rows = x.size(0) * x.size(1), half = options_.n_fft / 2, bins = 2 * height();
  const at::Tensor padded = at::reflection_pad1d(x.reshape({rows, length_}), {half, half});
  const at::Tensor cut =
      padded.unfold(1, options_.n_fft, options_.hop).reshape({-1, options_.n_fft});          // (B C W, n_fft)
  const at::Tensor u = at::mm(cut, analysis_).view({rows, frames(), bins}).transpose(1, 2);  // (B C, 2H, W)
  return u.contiguous().view({x.size(0), 2 * x.size(1), height(), frames()});
}

at::Tensor Stft::inverse(const at::Tensor& u) const { return series_of(u, synthesis_); }

at::Tensor Stft::inverse(const at::Tensor& u, const Band& band) const {
  const at::Tensor parts = synthesis_.view({2, height(), -1}).narrow(1, band.first, band.count);
  return series_of(u, parts.reshape({2 * band.count, -1}));
}

at::Tensor Stft::series_of(const at::Tensor& u, const at::Tensor& synthesis) const {
  const std::int64_t batch = u.size(0), channels = u.size(1) / 2, rows = batch * channels, bins = synthesis.size(0);
  const at::Tensor flat = u.reshape({rows, bins, frames()}).transpose(1, 2).reshape({-1, bins});  // (B C W, 2H)
  const at::Tensor pieces = at::mm(flat, synthesis).view({rows, frames(), -1});  // (B C, W, overlap hop)
  const at::Tensor sum = overlap_add(pieces, options_.hop);                      // (B C, (W + overlap - 1) hop)
  return (sum.narrow(1, options_.n_fft / 2, length_) * coverage_).view({batch, channels, length_});
}

void Stft::to(c10::Device device) {
  analysis_ = analysis_.to(device);
  synthesis_ = synthesis_.to(device);
  coverage_ = coverage_.to(device);
}

}  // namespace autodidact::stft
