// Patches quantised to evenly spaced levels (W. R. Bennett, Spectra of Quantized Signals, Bell System Technical Journal
// 27, 1948), with the straight-through gradient of Y. Bengio, N. Leonard, A. Courville (arXiv:1308.3432, 2013).
//
//   z[b, c, w] = sum_p v[p] x[b, c, wP + p]           a learned weighted mean of P samples; starts as the mean
//   k = round((z + R) / step), step = 2R / (K - 1)    the nearest of K levels e[k] = -R + k step, or an end
//   x_hat = linear map of (q[w-1], q[w], q[w+1])      to the P samples of patch w; starts as linear interpolation
//   loss = mean (x_hat - x)^2 + beta mean (z - sg[e])^2
//
// One stream: a grid of C x W' positions, W' = ceil(L / P), latents of one channel. The codebook is stated, never
// learned. A length that P does not divide is continued with its last sample and cut again.
#pragma once

#include "autodidact/plugin/plugin.hpp"

namespace autodidact::uniform {

class Uniform final : public Tokenizer {
 public:
  Uniform(const Params& params, const Context& context);

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override;
  Latents latents(const at::Tensor& x) override;
  at::Tensor encode(const at::Tensor& x, double tau) override;
  at::Tensor decode(const at::Tensor& tokens) override;

  Layout layout() const override;
  std::vector<std::optional<at::Tensor>> codebooks() const override { return {levels_}; }

  std::vector<Parameter> parameters() override;
  std::vector<Buffer> buffers() override { return {{"levels", levels_}}; }
  void train(bool) override {}  // the same in training and evaluation
  void to(c10::Device device) override;

 private:
  at::Tensor embed(const at::Tensor& x) const;       // (B, C, L) -> z (B, 1, C, W')
  at::Tensor nearest(const at::Tensor& z) const;     // (...) -> indices of levels, int64
  at::Tensor synthesise(const at::Tensor& z) const;  // (B, 1, C, W') -> (B, C, L)

  std::int64_t channels_, length_, levels_count_, patch_, width_;
  double range_, commitment_;
  at::Tensor levels_;     // [frozen] (K, 1)
  at::Tensor analysis_;   // [fitting] v, (P)
  at::Tensor synthesis_;  // [fitting] (3, P)
};

}  // namespace autodidact::uniform
