// SimSiam as a plugin: what it is called and what can be set.
#include "autodidact/plugin/plugin.hpp"

#include "simsiam.hpp"

namespace autodidact::simsiam {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "width",
     .type = ParamType::integer,
     .default_value = "4096",
     .min = 2,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the projector's three layers and of the predictor's output; 2048 in the paper, 4096 as the other "
            "objectives here."},
    {.name = "bottleneck",
     .type = ParamType::integer,
     .default_value = "4",
     .min = 1,
     .max = 65536,
     .doc = "The predictor's hidden layer is narrower than its ends by this factor; the paper has 2048 to 512."},
};

// Checks of behaviour need no wide projector, which would make them slow.
constexpr CheckValue kCheck[] = {{"width", "256"}};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<SimSiam>(params, context);
}

}  // namespace
}  // namespace autodidact::simsiam

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "simsiam",
    .version = "1.0.0",
    .summary = "Each view predicts the other's projection, which is held still",
    .paper =
        "X. Chen, K. He, Exploring Simple Siamese Representation Learning, CVPR 2021, https://arxiv.org/abs/2011.10566",
    .capabilities = "gradient self_supervised",
    .params = autodidact::simsiam::kParams,
    .param_count = std::size(autodidact::simsiam::kParams),
    .check = autodidact::simsiam::kCheck,
    .check_count = std::size(autodidact::simsiam::kCheck),
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 1.0,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::simsiam::create,
    .create_prior = nullptr,
};
