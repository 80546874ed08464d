// What the prior asks of a stream's transformer: token ids with a mask id -> logits over the vocabulary, given the
// tokens of the streams before it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/nn/state.hpp"
#include "common/transformer/categorical.hpp"
#include "common/transformer/vocabulary.hpp"

namespace autodidact::maskgit {

// What a token looks like to the thesis' transformer, and how its logits come about: a row of a table that is also the
// head, or a codebook vector (a trainable copy) with a head of its own, the thesis' "full embedding".
enum class Input { token, codebook };
Input input_named(const std::string& name);  // throws std::invalid_argument

// A stream of tokens as a network sees it.
struct TokenStream {
  std::int64_t tokens = 0;             // N
  std::int64_t codes = 0;              // K; the id K is the mask
  std::int64_t embedding = 64;         // E, width of a token's vector
  std::optional<at::Tensor> codebook;  // (K, E), where it can start the table
};

struct NetworkOptions {
  TokenStream own;
  std::vector<TokenStream> earlier;  // streams it is conditioned on
  std::int64_t classes = 0;          // ids 0..classes-1; the id `classes` says "no class"
  std::int64_t hidden = 256, layers = 4, heads = 2, ff_mult = 1;
  bool second_positions = true;  // thesis
  Input input = Input::token;    // thesis
  double dropout = 0.0;          // on the embeddings of visible tokens, in training mode
  bool bf16 = false;
};

// What the weights and the tokens of earlier streams give once, however often logits are asked for.
class Pass {
 public:
  virtual ~Pass() = default;
  // ids (b, N) int64 in [0, K], classes (b) int64 in [0, classes] -> (b * N, K), or (R, K) for `rows` (R) int64, flat
  // indices of ids. Float32 (float64 if the weights are). Where there are earlier streams, b is the number of their
  // series, or a multiple: these series in order, again and again.
  virtual at::Tensor logits(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows) const = 0;

  // What logits are for; a network with a large vocabulary has shorter ways to it.
  // A code for each of `rows` from the softmax of its logits, by its number of `uniform` (R).
  virtual transformer::Draw draw(const at::Tensor& ids, const at::Tensor& classes, const at::Tensor& rows,
                                 const at::Tensor& uniform) const;
  // Of `target` (R) at `rows`, with label smoothing.
  virtual transformer::CrossEntropy cross_entropy(const at::Tensor& ids, const at::Tensor& classes,
                                                  const at::Tensor& rows, const at::Tensor& target,
                                                  double smoothing) const;
};

class Network {
 public:
  explicit Network(const NetworkOptions& options) : options_(options) {}
  virtual ~Network() = default;

  // earlier: per earlier stream its true tokens (B, n) int64. The pass lives no longer than the network, and no weight
  // changes meanwhile.
  virtual std::unique_ptr<Pass> begin(const std::vector<at::Tensor>& earlier) const = 0;
  virtual void list(nn::State& out) const = 0;

  const NetworkOptions& options() const { return options_; }
  void train(bool on) { training_ = on; }

 protected:
  NetworkOptions options_;
  bool training_ = true;
};

// thesis | tvq24; throws ConfigError for options that the network cannot have.
std::unique_ptr<Network> make_network(const std::string& name, const NetworkOptions& options);

// (rows, E) from N(0, 1), the first of them the codebook where there is one.
at::Tensor token_table(const TokenStream& stream, std::int64_t rows);
// `rows`, or all of (batch, tokens) if undefined.
at::Tensor rows_or_all(const at::Tensor& rows, std::int64_t batch, std::int64_t tokens);
// Row b * N + i of the tokens stands at b * (N + 1) + 1 + i of the sequence, behind the class.
at::Tensor rows_in_sequence(const at::Tensor& rows, std::int64_t tokens);

}  // namespace autodidact::maskgit
