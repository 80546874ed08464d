// Two vector-quantised autoencoders, one on the low and one on the high frequencies of a series: streams `lf` and `hf`.
//
// D. Lee, S. Malacarne, E. Aune, Vector Quantized Time Series Generation with a Bidirectional Prior Model, AISTATS
// 2023, https://arxiv.org/abs/2303.04743, and the second version of its program (2024, the networks of `network =
// "tvq24"`):
//   u = STFT(x),  u_l = its first `lf_bins` rows, u_h = the others,  x_s = ISTFT(u_s)  for s = l, h
//   z_s = E_s(u_s),  z_q,s = nearest codes,  x_hat = x_hat_l + x_hat_h
//   loss = sum over s of |x_s - x_hat_s| + |u_s - u_hat_s| + beta |z_s - sg[z_q,s]|^2, each a mean over all elements,
//          where u_s has zeros in the rows of the other stream
// Lists of parameters give one value per stream.
// differs: the inverse transform gives back all L samples, so odd lengths lose nothing (`legacy_crop`), and the
// codebook, see codebook.hpp (`legacy_ema`). differs: with the networks of the second version, which decode to another
// number of frames, u_hat_s are the rows of the transform of x_hat_s. The published program has dropped these terms;
// their weights are 0 by default.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "autodidact/plugin/plugin.hpp"
#include "band_network.hpp"
#include "common/autoencoder/terms.hpp"
#include "common/nn/state.hpp"
#include "common/stft/stft.hpp"
#include "common/vq/quantiser.hpp"

namespace autodidact::timevqvae {

// The rows of a stream (0: lf, 1: hf). Throws ConfigError unless both have some.
stft::Band band_of(std::int64_t stream, std::int64_t lf_bins, std::int64_t height);

class TimeVqVae : public Tokenizer {
 public:
  TimeVqVae(const Params& params, const Context& context);

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override;
  Latents latents(const at::Tensor& x) override;
  at::Tensor encode(const at::Tensor& x, double tau) override;
  at::Tensor decode(const at::Tensor& tokens) override;

  Layout layout() const override { return layout_; }
  std::vector<std::optional<at::Tensor>> codebooks() const override;

  std::vector<Parameter> parameters() override { return state_.parameters; }
  std::vector<Buffer> buffers() override { return state_.buffers; }
  void train(bool on) override { training_ = on; }
  void to(c10::Device device) override;

  const vq::Codebook& codebook(std::size_t stream) const { return streams_[stream].quantiser.codebook(); }
  // What a stream's part of the series is compared with, (B, C, L).
  at::Tensor target(std::size_t stream, const at::Tensor& x) const;

 private:
  struct Part {
    stft::Band band;
    std::unique_ptr<BandNetwork> network;
    vq::Quantiser quantiser;
    autoencoder::Term recon, spectrum;
    double beta;
  };
  using Randomness = vq::Codebook::Randomness;

  Part make_part(const Params& params, const Context& context, std::int64_t stream) const;
  at::Tensor rows(const Part& part, const at::Tensor& u, bool training) const;  // (B H' W', D) as quantised
  at::Tensor map(const Part& part, const at::Tensor& rows) const;               // (B, D, H', W')
  // Appends what one stream gives, and returns its part of the series.
  at::Tensor run(std::size_t stream, const at::Tensor& u, const ForwardOptions& options, const Randomness& generator,
                 View& view);
  void check(const at::Tensor& x) const;
  // One generator for all draws of a call, made when it is first asked for: what the host would give a second time
  // would draw the same numbers for the second stream.
  Randomness randomness() const;

  std::int64_t channels_, length_;
  HostServices* host_;
  stft::StftOptions options_;
  stft::Stft stft_;
  bool unit_latents_;
  std::vector<Part> streams_;
  Layout layout_;
  bool training_ = true;
  nn::State state_;
};

}  // namespace autodidact::timevqvae
