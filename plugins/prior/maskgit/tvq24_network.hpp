// The transformer of TimeVQVAE's code since 2024 (D. Lee et al., package 1.0, commit 39f98e9): one projection of class
// and token + position into the layers of normformer.hpp, an untied head. Conditions as in upscaled_condition.hpp.
#pragma once

#include "common/nn/layer_norm.hpp"
#include "common/nn/linear.hpp"
#include "common/nn/weight_norm.hpp"
#include "common/transformer/normformer.hpp"
#include "network.hpp"
#include "upscaled_condition.hpp"

namespace autodidact::maskgit {

class Tvq24Network final : public Network {
 public:
  // Throws ConfigError where the feed-forward part would have no width.
  explicit Tvq24Network(const NetworkOptions& options);

  std::unique_ptr<Pass> begin(const std::vector<at::Tensor>& earlier) const override;
  void list(nn::State& out) const override;

 private:
  friend class Tvq24Pass;

  std::int64_t conditions_width_;  // of all conditions; they stand before the own vector
  at::Tensor token_table_;         // (K + 1, E), the mask last
  at::Tensor position_table_;      // (N + 1, in), of which the first N rows are used, as in the reference
  at::Tensor class_table_;         // (classes + 1, in)
  nn::Linear in_;                  // in -> hidden
  transformer::NormFormer trunk_;
  nn::WeightNorm head_;  // (hidden, hidden)
  at::Tensor head_bias_;
  nn::LayerNorm head_norm_;
  nn::WeightNorm codes_;  // (K, hidden)
  at::Tensor codes_bias_;
  std::vector<UpscaledCondition> conditions_;
};

}  // namespace autodidact::maskgit
