// A vector-quantised autoencoder on the short-time Fourier transform of a series, with one stream of tokens.
//
// A. van den Oord et al., Neural Discrete Representation Learning, NeurIPS 2017, https://arxiv.org/abs/1711.00937, in
// the single-branch form of D. Lee, S. Malacarne, E. Aune, Vector Quantized Time Series Generation with a Bidirectional
// Prior Model, AISTATS 2023, https://arxiv.org/abs/2303.04743:
//   u = STFT(x),  z = E(u),  z_q = nearest codes,  u_hat = D(z_q),  x_hat = ISTFT(u_hat)
//   loss = |x - x_hat| + |u - u_hat| + beta |z - sg[z_q]|^2, each a mean over all elements
// differs: the inverse transform, see single_branch.hpp (`legacy_crop`), and the codebook, see codebook.hpp
// (`legacy_ema`).
#pragma once

#include "autodidact/plugin/plugin.hpp"
#include "common/autoencoder/single_branch.hpp"
#include "common/nn/state.hpp"
#include "common/vq/quantiser.hpp"

namespace autodidact::vqvae {

class VqVae : public Tokenizer {
 public:
  VqVae(const Params& params, const Context& context);

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override;
  Latents latents(const at::Tensor& x) override;
  at::Tensor encode(const at::Tensor& x, double tau) override;
  at::Tensor decode(const at::Tensor& tokens) override;

  Layout layout() const override { return branch_.layout(codebook().options().codes); }
  std::vector<std::optional<at::Tensor>> codebooks() const override { return {codebook().codes()}; }

  std::vector<Parameter> parameters() override { return state_.parameters; }
  std::vector<Buffer> buffers() override { return state_.buffers; }
  void train(bool on) override { training_ = on; }
  void to(c10::Device device) override;

  const vq::Codebook& codebook() const { return quantiser_.codebook(); }

 private:
  at::Tensor quantised(const at::Tensor& z, bool update, View& view);  // z_q, and what there is to say of it
  at::Tensor map(const at::Tensor& rows) const;                        // (B N, D) -> (B, D, H', W')
  at::Generator codebook_generator() const { return host_->generator(Purpose::codebook); }

  HostServices* host_;
  autoencoder::SingleBranch branch_;
  vq::Quantiser quantiser_;
  double beta_;
  bool training_ = true;
  nn::State state_;
};

}  // namespace autodidact::vqvae
