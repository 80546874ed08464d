// A loss that was written in Python: a TorchScript archive as an objective.
#pragma once

#include "autodidact/plugin/objective.hpp"
#include "autodidact/plugin/params.hpp"
#include "script.hpp"

namespace autodidact::torchscript {

class TorchScript final : public Objective {
 public:
  // Throws ConfigError for a file that cannot serve this run (trial.hpp).
  TorchScript(const Params& params, const Context& context);

  Loss loss(const ObjectiveInput& input) override;
  void after_step(const StepInfo&) override { script_.settle(); }

  std::vector<Parameter> parameters() override { return script_.parameters(); }
  std::vector<Buffer> buffers() override {
    script_.settle();
    return script_.buffers();
  }
  void train(bool on) override { script_.train(on); }
  void to(c10::Device device) override { script_.to(device); }

 private:
  Script script_;
};

}  // namespace autodidact::torchscript
