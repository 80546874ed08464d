// One stream's networks: from its rows of the transform to latents, and from latents to its part of the series. The two
// published versions differ in all of it, so each is a class.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

#include "autodidact/plugin/plugin.hpp"
#include "common/autoencoder/grid.hpp"
#include "common/nn/state.hpp"
#include "common/stft/stft.hpp"

namespace autodidact::timevqvae {

class BandNetwork {
 public:
  virtual ~BandNetwork() = default;

  virtual const autoencoder::Grid& grid() const = 0;
  // u (B, 2C, H, W), the whole transform -> z (B, D, H', W').
  virtual at::Tensor encode(const at::Tensor& u, bool training) const = 0;
  // The series that this stream alone makes, (B, C, L), and its rows of the transform, (B, 2C, band, W), if asked for.
  struct Part {
    at::Tensor x, u;
  };
  virtual Part decode(const at::Tensor& z, bool training, bool with_transform) const = 0;
  // What x is compared with: the series of the band's rows of u, in its first `kept` samples.
  virtual at::Tensor target(const at::Tensor& u) const = 0;
  virtual std::int64_t kept() const = 0;

  virtual void list(const std::string& name, nn::State& out) const = 0;
  virtual void to(c10::Device device) = 0;
};

// What both are made for. `transform` is the tokenizer's and outlives them.
struct BandContext {
  const stft::Stft& transform;
  stft::StftOptions options;  // of that transform
  stft::Band band;
  std::int64_t stream;  // which value of a list of parameters is ours
  std::int64_t channels, length;
};

// Zeros outside the band, the networks of plugins/common/autoencoder/network.hpp on all rows (the first version), or
// the band's rows alone and separable networks (the second), as parameter `network` says.
std::unique_ptr<BandNetwork> make_band_network(const Params& params, const BandContext& context, Precision precision);

}  // namespace autodidact::timevqvae
