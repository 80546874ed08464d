// Stage 1: a series becomes tokens and back.
#pragma once

#include <memory>

#include "autodidact/plugin/export.hpp"
#include "autodidact/plugin/host.hpp"
#include "autodidact/plugin/types.hpp"

namespace autodidact {

enum class Path { quantised, continuous };

struct ForwardOptions {
  Path path = Path::quantised;
  // True in exactly one call a step. Governs codebook state only (EMA, k-means start, revival); BatchNorm
  // statistics follow train(bool), so both views move them.
  bool update_state = false;
};

// What one forward pass gives. On the continuous path there is no z_q and no commitment term.
struct View {
  at::Tensor total;             // scalar with graph, the sum of terms
  Scalars terms;                // named, already weighted
  Scalars logs;                 // detached, e.g. batch perplexity
  std::vector<at::Tensor> z;    // per stream (B, D, H', W')
  std::vector<at::Tensor> z_q;  // per stream, straight-through; empty on the continuous path
  at::Tensor x_hat;             // (B, C, L)
};

struct Latents {
  std::vector<at::Tensor> z;    // per stream (B, D, H', W')
  std::vector<at::Tensor> z_q;
};

class AUTODIDACT_API Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // [fitting] x: (B, C, L). One pass with its losses.
  virtual View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) = 0;

  // [frozen] Features for probes. x: (B, C, L), B >= 1.
  virtual Latents latents(const at::Tensor& x) = 0;
  // [frozen] (B, N) int64. tau > 0 needs the capability stochastic_encode: codes are drawn with logits -|z - e|^2 / tau,
  // and the host re-encodes each epoch instead of keeping tokens.
  virtual at::Tensor encode(const at::Tensor& x, double tau) = 0;
  // [frozen] tokens (B, N) -> (B, C, L).
  virtual at::Tensor decode(const at::Tensor& tokens) = 0;

  virtual Layout layout() const = 0;
  // Per stream (K, d), or none where there is no codebook. What a prior may initialise its embedding from.
  virtual std::vector<std::optional<at::Tensor>> codebooks() const = 0;

  virtual std::vector<Parameter> parameters() = 0;
  virtual std::vector<Buffer> buffers() = 0;
  virtual void train(bool on) = 0;
  virtual void to(c10::Device device) = 0;
};

}  // namespace autodidact
