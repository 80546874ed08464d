// BYOL as a plugin: what it is called and what can be set.
#include "autodidact/plugin/plugin.hpp"

#include "byol.hpp"

namespace autodidact::byol {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "width",
     .type = ParamType::integer,
     .default_value = "4096",
     .min = 1,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the hidden layers of projector and predictor; 4096 in the paper."},
    {.name = "embedding",
     .type = ParamType::integer,
     .default_value = "256",
     .min = 2,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the outputs of projector and predictor, which are compared; 256 in the paper."},
    {.name = "momentum",
     .type = ParamType::real,
     .default_value = "0.99",
     .min = 0,
     .max = 1,
     .doc = "Of the target network at the first step (m0); it rises to 1 along a cosine. 0.996 in the paper for 1000 "
            "epochs of ImageNet, 0.99 for 300: trainings here have far fewer steps."},
};

// Checks of behaviour need no wide projector, which would make them slow.
constexpr CheckValue kCheck[] = {{"width", "256"}};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<Byol>(params, context);
}

}  // namespace
}  // namespace autodidact::byol

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "byol",
    .version = "1.0.0",
    .summary = "Each view predicts what a slowly following copy of the network makes of the other",
    .paper =
        "J.-B. Grill et al., Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning, NeurIPS 2020, "
        "https://arxiv.org/abs/2006.07733",
    .capabilities = "gradient self_supervised target_tokenizer",
    .params = autodidact::byol::kParams,
    .param_count = std::size(autodidact::byol::kParams),
    .check = autodidact::byol::kCheck,
    .check_count = std::size(autodidact::byol::kCheck),
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.25,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::byol::create,
    .create_prior = nullptr,
};
