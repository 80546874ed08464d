// An objective on projected views: what Barlow Twins, VICReg and VIbCReg share around their loss functions.
#pragma once

#include <ATen/core/Tensor.h>

#include "autodidact/plugin/objective.hpp"
#include "common/nn/state.hpp"
#include "common/ssl/projector.hpp"

namespace autodidact::ssl {

class ProjectedObjective : public Objective {
 public:
  Loss loss(const ObjectiveInput& input) final;
  std::vector<Parameter> parameters() final { return state_.parameters; }
  std::vector<Buffer> buffers() final { return state_.buffers; }
  void train(bool on) final { projector_.training = on; }
  void to(c10::Device device) final { nn::move(state_, device); }

 protected:
  // context.pooled is the width of what is projected; throws ConfigError if it is not given.
  ProjectedObjective(std::int64_t width, const Context& context);

  // The weighted terms on projected views (B, width) each, B >= 2.
  virtual Scalars terms(const at::Tensor& a, const at::Tensor& b) = 0;

  bool training() const { return projector_.training; }
  nn::State state_;  // a method that has more state than the projector adds it when it is made

 private:
  Projector projector_;
};

}  // namespace autodidact::ssl
