// Token ids -> logits of each next token. The streams stand one after the other in one sequence, each row-major:
//
//   class, x_0, ..., x_{N-2}   ->   logits of x_0, x_1, ..., x_{N-1}
//
// Every stream has its own vocabulary, hence its own embedding table and its own head; positions are learned.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "autodidact/plugin/types.hpp"
#include "common/nn/embedding.hpp"
#include "decoder.hpp"

namespace autodidact::autoregressive {

class Network {
 public:
  // Classes 0..classes-1; the id `classes` says "no class".
  Network(const DecoderOptions& options, const Layout& layout, std::int64_t classes);

  // tokens (B, N) with columns as in the layout, class_ids (B) int64 -> per stream (B * N_s, K_s), rows in the order of
  // the series and their positions. Float32 (float64 if the weights are). Dropout acts on embeddings and layers.
  std::vector<at::Tensor> logits(const at::Tensor& tokens, const at::Tensor& class_ids, double dropout) const;

  // Where a place of the sequence stands in stream and tokens.
  struct Place {
    std::size_t stream;
    std::int64_t position;  // within the stream
    std::int64_t column;    // of the tokens
  };
  const std::vector<Place>& places() const { return places_; }

  // Sequences that grow by one token at a time.
  class Sampler {
   public:
    Sampler(const Network& network, std::int64_t batch);
    // ids (B): class ids at first, then the tokens decided last. (B, K) logits of the token at the next place.
    at::Tensor next(const at::Tensor& ids);

   private:
    const Network& network_;
    Decoder decoder_;
    Decoder::Cache cache_;
    std::size_t place_ = 0;
  };

  std::vector<Parameter> parameters() const;

 private:
  at::Tensor embed(const at::Tensor& tokens, const at::Tensor& class_ids) const;

  Layout layout_;
  std::vector<Place> places_;          // N
  nn::Embedding class_table_;          // (classes + 1, hidden)
  std::vector<nn::Embedding> tables_;  // per stream (K_s, hidden)
  at::Tensor positions_;               // (N, hidden)
  Decoder decoder_;
  std::vector<nn::Linear> heads_;  // per stream hidden -> K_s
};

}  // namespace autodidact::autoregressive
