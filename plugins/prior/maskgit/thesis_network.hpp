// The transformer of the thesis, which is TimeVQVAE's of 2023: LayerNorm on token + position, the layers of trunk.hpp.
//
// Conditioned on earlier streams as published in 2023: the vectors of their tokens, mapped from their n positions to
// this stream's by a convolution of width 1 over the axis of positions, stand in front of the own vectors.
#pragma once

#include "common/nn/layer_norm.hpp"
#include "common/nn/linear.hpp"
#include "common/transformer/trunk.hpp"
#include "heads.hpp"
#include "network.hpp"

namespace autodidact::maskgit {

class ThesisNetwork final : public Network {
 public:
  // Input::codebook needs the codebook.
  explicit ThesisNetwork(const NetworkOptions& options);

  std::unique_ptr<Pass> begin(const std::vector<at::Tensor>& earlier) const override;
  void list(nn::State& out) const override;

  // ids (b, N) -> (b, N, E)
  at::Tensor vectors(const at::Tensor& ids) const;
  // Of vectors (b, N, in) that stand for condition and tokens; otherwise as Pass::logits.
  at::Tensor logits_of_vectors(const at::Tensor& vectors, const at::Tensor& classes, const at::Tensor& rows) const;

 private:
  struct Condition {
    at::Tensor table;    // (K, E) of the earlier stream, whose tokens are never masked here
    nn::Linear project;  // n -> N
  };
  at::Tensor condition(const std::vector<at::Tensor>& earlier) const;

  at::Tensor token_table_;     // (K + 1, E), the mask last
  at::Tensor position_table_;  // (N + 1, in), of which the first N rows are used, as in the reference
  at::Tensor class_table_;     // (classes + 1, in)
  nn::LayerNorm embedding_norm_;
  transformer::Trunk trunk_;
  nn::Linear head_;  // in -> E
  nn::LayerNorm head_norm_;
  std::unique_ptr<Head> codes_;
  std::vector<Condition> conditions_;
};

}  // namespace autodidact::maskgit
