// BYOL: the online network predicts what a slowly following copy of itself makes of the other view.
//
// Online: tokenizer, projector g, predictor q. Target: a copy of tokenizer (the host's) and projector (here), both
// moved by equation 1 after each optimiser step.
// differs: batch statistics of the target tokenizer are copied, not its own (the host's rule); m starts at 0.99, not
// 0.996, for runs of hundreds of steps, not 300,000.
//
// g and q have one hidden layer with batch normalisation (section 3.2).
#pragma once

#include "autodidact/plugin/objective.hpp"
#include "autodidact/plugin/params.hpp"
#include "common/nn/state.hpp"
#include "common/ssl/mlp.hpp"

namespace autodidact::byol {

class Byol final : public Objective {
 public:
  Byol(const Params& params, const Context& context);

  Loss loss(const ObjectiveInput& input) override;
  double momentum(const StepInfo& info) override;
  void after_step(const StepInfo& info) override;  // moves the target projector as the host moves the target tokenizer

  std::vector<Parameter> parameters() override { return state_.parameters; }
  std::vector<Buffer> buffers() override { return state_.buffers; }
  void train(bool on) override;
  void to(c10::Device device) override { nn::move(state_, device); }

 private:
  const double start_momentum_;  // m0
  ssl::Mlp projector_, predictor_;
  ssl::Mlp target_;  // of the projector; its batch statistics are its own
  nn::State state_;
  std::vector<std::pair<at::Tensor, at::Tensor>> followed_;  // target's, projector's parameters
};

}  // namespace autodidact::byol
