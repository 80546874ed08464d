// Stage 2: a distribution over tokens. It receives token layout and codebooks, never the tokenizer.
#pragma once

#include "autodidact/plugin/export.hpp"
#include "autodidact/plugin/host.hpp"
#include "autodidact/plugin/params.hpp"
#include "autodidact/plugin/types.hpp"

namespace autodidact {

// y is (B) int64 in [0, n_classes), or undefined where there are no labels or none is asked for.

class AUTODIDACT_API MaskedLogProbs {
 public:
  virtual ~MaskedLogProbs() = default;
  // [frozen] tokens (B, N) int64, mask (B, N) bool, true where hidden. Per stream (M_s, K_s) log-probabilities in
  // nats, rows in row-major order of the mask's columns of that stream; a later stream is conditioned on the
  // true tokens of the earlier ones. Gives the measure nll_masked.
  virtual std::vector<at::Tensor> masked_log_probs(const at::Tensor& tokens, const at::Tensor& mask,
                                                   const at::Tensor& y) = 0;
};

class AUTODIDACT_API ExactLikelihood {
 public:
  virtual ~ExactLikelihood() = default;
  // [frozen] (B) float32: log p(tokens | y) in nats per series. Gives the measure nll_exact.
  virtual at::Tensor log_likelihood(const at::Tensor& tokens, const at::Tensor& y) = 0;
};

class AUTODIDACT_API Prior {
 public:
  virtual ~Prior() = default;

  // [fitting] With capability gradient: the loss of one batch. tokens (B, N) int64.
  virtual Loss fit_step(const at::Tensor& tokens, const at::Tensor& y, const StepInfo& info);
  // [fitting] Without capability gradient: called once with all training tokens; no optimiser. Its state must be
  // in buffers() of shapes fixed at create.
  virtual void fit(const at::Tensor& tokens, const at::Tensor& y);

  // [frozen] (n, N) int64. All randomness from HostServices::uniform with series indices first_index and up; `sample`
  // holds the parameters of phase `sample`. y as above; undefined asks for unconditional samples.
  virtual at::Tensor sample(std::int64_t n, const at::Tensor& y, std::int64_t first_index, const Params& sample) = 0;

  // Null where the prior cannot answer.
  virtual MaskedLogProbs* masked_log_probs() { return nullptr; }
  virtual ExactLikelihood* exact_likelihood() { return nullptr; }

  virtual std::vector<Parameter> parameters() = 0;
  virtual std::vector<Buffer> buffers() = 0;
  virtual void train(bool on) = 0;
  virtual void to(c10::Device device) = 0;
};

inline Loss Prior::fit_step(const at::Tensor&, const at::Tensor&, const StepInfo&) { return {}; }
inline void Prior::fit(const at::Tensor&, const at::Tensor&) {}

}  // namespace autodidact
