// No objective: the loss is zero and there is nothing to fit. Without an augmentation the tokenizer alone, the
// published baseline; with one the control, which sees the same two views and learns from their reconstructions only.
#pragma once

#include "autodidact/plugin/objective.hpp"

namespace autodidact::none {

class None final : public Objective {
 public:
  Loss loss(const ObjectiveInput& input) override;
  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}
};

}  // namespace autodidact::none
