// The VQVAE with finite scalar quantisation in place of its codebook: nothing is learnt about codes, so nothing
// collapses.
//
//   z = E(STFT(x)),  v = P z (one number per entry of `levels`),  z_q = Q code(v),  x_hat = ISTFT(D(z_q))
//   loss = |x - x_hat| + |u - u_hat|, no commitment
// P and Q are linear. The quantisation is in finite_scalar.hpp, encoder, decoder and losses in single_branch.hpp.
#pragma once

#include "autodidact/plugin/plugin.hpp"
#include "common/autoencoder/single_branch.hpp"
#include "common/nn/linear.hpp"
#include "common/nn/state.hpp"
#include "finite_scalar.hpp"

namespace autodidact::fsq {

class Fsq : public Tokenizer {
 public:
  Fsq(const Params& params, const Context& context);

  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override;
  Latents latents(const at::Tensor& x) override;
  at::Tensor encode(const at::Tensor& x, double tau) override;
  at::Tensor decode(const at::Tensor& tokens) override;

  Layout layout() const override { return branch_.layout(scalar_.codes()); }
  std::vector<std::optional<at::Tensor>> codebooks() const override { return {std::nullopt}; }

  std::vector<Parameter> parameters() override { return state_.parameters; }
  std::vector<Buffer> buffers() override { return state_.buffers; }
  void train(bool on) override { training_ = on; }
  void to(c10::Device device) override;

 private:
  at::Tensor inward(const at::Tensor& z) const;   // (B, D, H', W') -> (B H' W', d)
  at::Tensor outward(const at::Tensor& c) const;  // and back

  autoencoder::SingleBranch branch_;
  FiniteScalar scalar_;
  nn::Linear in_, out_;
  bool training_ = true;
  nn::State state_;
};

}  // namespace autodidact::fsq
