// A codebook between two optional linear maps: latents of D channels, codes of d.
//
//   h = P z,  k = argmin |h - e_k|^2,  z_q = Q (h + sg[e_k - h]),  commitment = |h - sg[e_k]|^2
//
// Without projections P and Q are the identity and d = D. What the decoder would see if nothing were quantised is Q P
// z: that is `open`, and it lies in the space of z_q. Few code dimensions keep codes in use: J. Yu et al.,
// Vector-quantized Image Modeling with Improved VQGAN, ICLR 2022, https://arxiv.org/abs/2110.04627.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "common/nn/linear.hpp"
#include "common/vq/codebook.hpp"

namespace autodidact::vq {

class Quantiser {
 public:
  // For latents of `channels`; with projections if the codes have another dimension or `projected` asks for them.
  Quantiser(const CodebookOptions& codebook, std::int64_t channels, bool projected);

  // Rows (R, D) of one training pass. With `update` the codebook starts from them and follows them.
  struct Pass {
    at::Tensor z_q;         // (R, D), straight-through
    at::Tensor commitment;  // scalar, unweighted
    at::Tensor open;        // (R, D) not quantised
    Usage usage;
  };
  Pass operator()(const at::Tensor& rows, bool update, const Codebook::Randomness& generator);

  at::Tensor open(const at::Tensor& rows) const;                                       // (R, D) -> (R, D)
  at::Tensor assign(const at::Tensor& rows) const;                                     // (R, D) -> (R) int64
  at::Tensor draw(const at::Tensor& rows, double tau, at::Generator generator) const;  // (R, D) -> (R) int64
  at::Tensor look_up(const at::Tensor& index) const;                                   // (R) -> (R, D)

  const Codebook& codebook() const { return codebook_; }
  // Of the projections, if there are any, then of the codebook.
  void list(const std::string& name, nn::State& out) const;

 private:
  at::Tensor inward(const at::Tensor& rows) const;
  at::Tensor outward(const at::Tensor& codes) const;

  std::optional<nn::Linear> in_, out_;
  Codebook codebook_;
};

}  // namespace autodidact::vq
