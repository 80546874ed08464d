// What stands around the loss: a projector that both views pass, and its state.
//   (B, F) -> linear -> ReLU -> linear -> (B, width)
#pragma once

#include "autodidact/plugin/plugin.hpp"

namespace autodidact::agree_spread {

class ProjectedViews final : public Objective {
 public:
  ProjectedViews(const Params& params, const Context& context);

  Loss loss(const ObjectiveInput& input) override;
  std::vector<Parameter> parameters() override;
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}  // the same in training and evaluation
  void to(c10::Device device) override;

 private:
  at::Tensor project(const at::Tensor& pooled) const;  // (B, F) -> (B, width)

  Params params_;
  at::Tensor weight_in_, bias_in_;    // [fitting] (width, F), (width)
  at::Tensor weight_out_, bias_out_;  // [fitting] (width, width), (width)
};

}  // namespace autodidact::agree_spread
