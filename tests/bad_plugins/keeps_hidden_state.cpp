// Remembers something that no record would hold: how often it was trained.
#include "bad_plugin.hpp"

using namespace autodidact;

struct KeepsHiddenState : bad::Fine {
  using Fine::Fine;
  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override {
    if (options.update_state) level_ += 1;
    return Fine::forward(x, options, info);
  }
  at::Tensor decode(const at::Tensor& tokens) override { return Fine::decode(tokens) + level_; }
  double level_ = 0;
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("keeps_hidden_state", nullptr, 0, bad::make<KeepsHiddenState>)};
