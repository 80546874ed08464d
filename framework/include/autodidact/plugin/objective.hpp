// A self-supervised objective on two views of the same series.
#pragma once

#include "autodidact/plugin/export.hpp"
#include "autodidact/plugin/host.hpp"
#include "autodidact/plugin/types.hpp"

namespace autodidact {

// One side of a pair: the latent map of each stream, and all streams pooled over their grids and concatenated. A run with
// ssl.pool = "none" does not pool: then each position of each series is a row of `pooled`, (B * positions, D), and F = D.
struct Embedding {
  std::vector<at::Tensor> maps;  // per stream (B, D, H', W')
  at::Tensor pooled;             // (B, F)
};

struct ObjectiveInput {
  Embedding a;
  Embedding b;
  // From the target tokenizer, without gradient; only with capability target_tokenizer.
  std::optional<Embedding> target_a;
  std::optional<Embedding> target_b;
  StepInfo info;
};

class AUTODIDACT_API Objective {
 public:
  virtual ~Objective() = default;

  // [fitting] Unweighted: the host multiplies by w. Owns its projector and predictor.
  virtual Loss loss(const ObjectiveInput& input) = 0;

  // target_tokenizer: m in target <- m target + (1 - m) online, applied by the host after each optimiser step.
  virtual double momentum(const StepInfo&) { return 0.0; }
  // After each optimiser step, without gradient: averaged copies inside an objective (a target projector) are moved
  // here. They are buffers(), never parameters().
  virtual void after_step(const StepInfo&) {}

  virtual std::vector<Parameter> parameters() = 0;
  virtual std::vector<Buffer> buffers() = 0;
  virtual void train(bool on) = 0;
  virtual void to(c10::Device device) = 0;
};

}  // namespace autodidact
