// The least an objective can be: project both views, ask that they agree. Collapses by design; it shows how a plugin is
// built outside the host's tree.
#include <ATen/ATen.h>

#include <iterator>
#include <memory>

#include "autodidact/plugin/plugin.hpp"

namespace {

using namespace autodidact;

constexpr ParamSpec kParams[] = {
    {.name = "width", .type = ParamType::integer, .default_value = "16", .min = 1, .max = 65536, .unit = "features",
     .doc = "Width of the projection."},
};

class Alignment : public Objective {
 public:
  Alignment(const Params& params, const Context& context)
      : weight_(at::empty({params.integer("width"), context.pooled}).normal_(0, 0.1).requires_grad_()) {}

  Loss loss(const ObjectiveInput& input) override {
    const at::Tensor a = at::linear(input.a.pooled, weight_);  // (B, width)
    const at::Tensor b = at::linear(input.b.pooled, weight_);
    const at::Tensor distance = (a - b).square().mean();
    return {.total = distance, .terms = {{"distance", distance}}, .logs = {}};
  }
  std::vector<Parameter> parameters() override { return {{.name = "weight", .tensor = weight_}}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device device) override { weight_ = weight_.detach().to(device).requires_grad_(); }

 private:
  at::Tensor weight_;  // (width, F)
};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<Alignment>(params, context);
}

}  // namespace

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = Kind::objective,
    .name = "alignment",
    .version = "1.0.0",
    .summary = "Squared distance of two projected views",
    .paper = "",
    .capabilities = "gradient self_supervised",
    .params = kParams,
    .param_count = std::size(kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 1.0,
    .create_tokenizer = nullptr,
    .create_objective = create,
    .create_prior = nullptr,
};
