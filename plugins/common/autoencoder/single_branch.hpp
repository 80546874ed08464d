// What tokenizers with one branch share: transform, encoder, decoder, and the losses of what comes back. What happens
// to the latents in between is the plugin's.
//
//   u = STFT(x),  z = E(u),  [...],  u_hat = D(latent),  x_hat = ISTFT(u_hat)
//   |x - x_hat| + |u - u_hat|, each a mean over all elements
// differs: the inverse transform gives back all L samples; the published one loses the last of an odd number
// (`legacy_crop` repeats that in the losses, and repeats the sample before it in x_hat).
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "autodidact/plugin/plugin.hpp"
#include "common/autoencoder/grid.hpp"
#include "common/autoencoder/network.hpp"
#include "common/autoencoder/terms.hpp"
#include "common/nn/state.hpp"
#include "common/stft/stft.hpp"

namespace autodidact::autoencoder {

class SingleBranch {
 public:
  // From the parameters of single_branch_params.hpp and `hidden`. `who` opens its complaints.
  SingleBranch(std::string who, const Params& params, const Context& context);

  struct Encoded {
    at::Tensor u;  // (B, 2C, H, W)
    at::Tensor z;  // (B, D, H', W')
  };
  Encoded encode(const at::Tensor& x, bool training) const;
  // Appends x_hat and its terms, and adds all terms of `view` up.
  void reconstruct(const at::Tensor& latent, const Encoded& encoded, const at::Tensor& x, bool training,
                   View& view) const;
  // latent (B, D, H', W') -> (B, C, L), in evaluation.
  at::Tensor decode(const at::Tensor& latent) const;

  const Grid& grid() const { return grid_; }
  Layout layout(std::int64_t codes) const;
  void list(nn::State& out) const;
  void to(c10::Device device) { stft_.to(device); }

 private:
  at::Tensor series_of(const at::Tensor& u) const;  // ISTFT, with the crop's repeated samples

  std::string who_;
  std::int64_t channels_, length_, kept_;  // C, L, samples that the losses see
  stft::Stft stft_;
  Grid grid_;
  std::int64_t hidden_;
  Encoder encoder_;
  Decoder decoder_;
  Term time_, spectrum_;
  at::ScalarType compute_ = at::kFloat;  // of the convolutions
};

}  // namespace autodidact::autoencoder
