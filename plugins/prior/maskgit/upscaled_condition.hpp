// How a stream enters the transformer of TimeVQVAE's later code: the vectors of its tokens, resized to the positions of
// the conditioned stream (nearest), through two weight-normalised convolutions of width 7.
//
//   x -> conv (E -> 2E, pad 3) -> GELU -> BatchNorm -> conv (2E -> E, dilation 2, pad 6) -> projection into the trunk
//
// The last two are linear with nothing between, so they are one convolution 2E -> hidden; and what the first sends is
// worked out on the short sequence, before it is resized (taps.hpp). Both change roundings only.
#pragma once

#include "common/nn/batch_norm.hpp"
#include "common/nn/weight_norm.hpp"
#include "network.hpp"

namespace autodidact::maskgit {

class UpscaledCondition {
 public:
  // tokens: positions of the conditioned stream.
  UpscaledCondition(const TokenStream& earlier, std::int64_t tokens);

  // ids (B, n) -> (B, tokens, hidden): its share of what enters the trunk. projection (hidden, E) are the columns of
  // the trunk's projection that this condition meets. In training BatchNorm takes the batch's statistics, and `dropout`
  // acts on the vectors.
  at::Tensor project(const at::Tensor& ids, const at::Tensor& projection, double dropout, bool training) const;

  std::int64_t width() const { return table_.size(1); }
  void list(const std::string& name, nn::State& out) const;

 private:
  at::Tensor table_;      // (K, E); the tokens are never masked here
  nn::WeightNorm wide_;   // (2E, E, 7)
  at::Tensor wide_bias_;  // (2E)
  nn::BatchNorm norm_;
  nn::WeightNorm narrow_;                     // (E, 2E, 7)
  at::Tensor narrow_bias_;                    // (E)
  at::Tensor wide_sources_, narrow_sources_;  // (tokens, 7)
};

}  // namespace autodidact::maskgit
