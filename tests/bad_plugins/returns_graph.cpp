// Frozen calls hand out tensors with a graph, whatever the host has switched off.
#include <torch/csrc/autograd/grad_mode.h>

#include "bad_plugin.hpp"

using namespace autodidact;

struct ReturnsGraph : bad::Fine {
  using Fine::Fine;
  Latents latents(const at::Tensor& x) override {
    const at::AutoGradMode on(true);
    return {{map(x) * weight_}, {map(x)}};
  }
  at::Tensor weight_ = at::ones({1}).requires_grad_();
};

AUTODIDACT_PLUGIN = {AUTODIDACT_HEAD, BAD_REST("returns_graph", nullptr, 0, bad::make<ReturnsGraph>)};
