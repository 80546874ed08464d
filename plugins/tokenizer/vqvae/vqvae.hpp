// A vector-quantised autoencoder on the short-time Fourier transform of a series, with one stream of tokens.
//
// A. van den Oord et al., Neural Discrete Representation Learning, NeurIPS 2017, https://arxiv.org/abs/1711.00937, in
// the single-branch form of D. Lee, S. Malacarne, E. Aune, Vector Quantized Time Series Generation with a Bidirectional
// Prior Model, AISTATS 2023, https://arxiv.org/abs/2303.04743:
//   u = STFT(x),  z = E(u),  z_q = nearest codes,  u_hat = D(z_q),  x_hat = ISTFT(u_hat)
//   loss = |x - x_hat| + |u - u_hat| + beta |z - sg[z_q]|^2, each a mean over all elements
// differs: the inverse transform gives back all L samples; the published one loses the last of an odd number
// (`legacy_crop` repeats that in the losses, and repeats the sample before it in x_hat).
// differs: the codebook, see codebook.hpp (`legacy_ema`).
#pragma once

#include <string>

#include "autodidact/plugin/plugin.hpp"
#include "common/nn/state.hpp"
#include "common/stft/stft.hpp"
#include "common/vq/codebook.hpp"
#include "grid.hpp"
#include "network.hpp"

namespace autodidact::vqvae {

class VqVae : public Tokenizer {
 public:
  VqVae(const Params& params, const Context& context);

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override;
  Latents latents(const at::Tensor& x) override;
  at::Tensor encode(const at::Tensor& x, double tau) override;
  at::Tensor decode(const at::Tensor& tokens) override;

  Layout layout() const override;
  std::vector<std::optional<at::Tensor>> codebooks() const override { return {codebook_.codes()}; }

  std::vector<Parameter> parameters() override { return state_.parameters; }
  std::vector<Buffer> buffers() override { return state_.buffers; }
  void train(bool on) override { training_ = on; }
  void to(c10::Device device) override;

  const Grid& grid() const { return grid_; }
  const vq::Codebook& codebook() const { return codebook_; }

 private:
  // How one reconstruction error enters the loss.
  struct Term {
    double weight;
    bool absolute;  // mean of |.| instead of squares
  };

  void check_series(const at::Tensor& x) const;
  at::Tensor encoded(const at::Tensor& x) const;                       // (B, D, H', W') as in evaluation
  at::Tensor quantised(const at::Tensor& z, bool update, View& view);  // z_q, and what there is to say of it
  at::Tensor series_of(const at::Tensor& u) const;                     // ISTFT, with the crop's repeated samples
  void add_term(const std::string& name, const Term& term, const at::Tensor& a, const at::Tensor& b, View& view) const;
  at::Generator codebook_generator() const;

  std::int64_t channels_, length_, kept_;  // C, L, samples that the losses see
  HostServices* host_;
  stft::Stft stft_;
  Grid grid_;
  std::int64_t hidden_;
  Encoder encoder_;
  Decoder decoder_;
  vq::Codebook codebook_;
  Term time_, spectrum_;
  double beta_;
  at::ScalarType compute_ = at::kFloat;  // of the convolutions
  bool training_ = true;
  nn::State state_;
};

}  // namespace autodidact::vqvae
