// The bidirectional transformer of the prior: token ids with a mask id -> logits over the vocabulary.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/nn/layer_norm.hpp"
#include "common/nn/linear.hpp"
#include "common/transformer/trunk.hpp"
#include "heads.hpp"

namespace autodidact::maskgit {

// What a token looks like to the transformer, and how its logits come about: a row of a table that is also the head, or a
// codebook vector (a trainable copy) with a head of its own, the thesis' "full embedding".
enum class Input { token, codebook };
Input input_named(const std::string& name);  // throws std::invalid_argument

struct NetworkOptions {
  std::int64_t tokens = 0;     // N
  std::int64_t codes = 0;      // K; the id K is the mask
  std::int64_t classes = 0;    // ids 0..classes-1; the id `classes` says "no class"
  std::int64_t embedding = 64;
  std::int64_t hidden = 256, layers = 4, heads = 2, ff_mult = 1;
  bool second_positions = true;
  double dropout = 0.0;        // on the embeddings of visible tokens, in training mode
  bool bf16 = false;
  Input input = Input::token;
};

class Network {
 public:
  // codebook (K, embedding), if given, becomes the first K rows of the token table; Input::codebook needs it.
  Network(const NetworkOptions& options, const std::optional<at::Tensor>& codebook);

  // ids (B, N) int64 in [0, K], classes (B) int64 in [0, classes] -> (B * N, K), or (R, K) for `rows` (R) int64, flat
  // indices b * N + i. Float32 (float64 if the weights are).
  at::Tensor logits(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) const;

  // The same of the vectors (B, N, E) that stand for the tokens.
  at::Tensor logits_of_vectors(const at::Tensor& vectors, const at::Tensor& classes, const at::Tensor& rows) const;

  const NetworkOptions& options() const { return options_; }
  std::vector<Parameter> parameters() const;
  void train(bool on) { training_ = on; }

 private:
  at::Tensor vectors(const at::Tensor& ids) const;

  NetworkOptions options_;
  bool training_ = true;
  at::Tensor token_table_;     // (K + 1, E), the mask last
  at::Tensor position_table_;  // (N + 1, E), of which the first N rows are used, as in the reference
  at::Tensor class_table_;     // (classes + 1, E)
  nn::LayerNorm embedding_norm_;
  transformer::Trunk trunk_;
  nn::Linear head_;         // E -> E
  nn::LayerNorm head_norm_;
  std::unique_ptr<Head> codes_;
};

}  // namespace autodidact::maskgit
