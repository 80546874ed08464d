// An objective on projected views: what most objectives here share around their loss functions.
#pragma once

#include <ATen/core/Tensor.h>

#include "autodidact/plugin/objective.hpp"
#include "common/nn/state.hpp"
#include "common/ssl/mlp.hpp"

namespace autodidact::ssl {

// A projector from the pooled latents of `context` through hidden layers to the last of `widths`, in the run's
// precision; throws ConfigError if the pooled width is not given.
Mlp projector_for(const Context& context, std::vector<std::int64_t> widths, bool last_bias = true);

// Throws DataError unless the batch holds two series, which its statistics need.
void check_batch(const ObjectiveInput& input);
// The terms with their sum.
Loss loss_of(Scalars terms);

class ProjectedObjective : public Objective {
 public:
  Loss loss(const ObjectiveInput& input) final;
  std::vector<Parameter> parameters() final { return state_.parameters; }
  std::vector<Buffer> buffers() final { return state_.buffers; }
  void train(bool on) override { projector_.training = on; }
  void to(c10::Device device) final { nn::move(state_, device); }

 protected:
  explicit ProjectedObjective(Mlp projector);
  // The projector of NC-VQVAE: three layers of one width.
  ProjectedObjective(std::int64_t width, const Context& context)
      : ProjectedObjective(projector_for(context, {width, width, width})) {}

  // The weighted terms on projected views (B, width) each, B >= 2.
  virtual Scalars terms(const at::Tensor& a, const at::Tensor& b) = 0;

  bool training() const { return projector_.training; }
  nn::State state_;  // a method that has more state than the projector adds it when it is made

 private:
  Mlp projector_;
};

}  // namespace autodidact::ssl
