// SimCLR as a plugin: what it is called and what can be set.
#include "autodidact/plugin/plugin.hpp"

#include "simclr.hpp"

namespace autodidact::simclr {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "width",
     .type = ParamType::integer,
     .default_value = "4096",
     .min = 1,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the projector's hidden layer; in the paper that of the encoder's output, 2048."},
    {.name = "embedding",
     .type = ParamType::integer,
     .default_value = "128",
     .min = 2,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the projector's output, on which similarities are taken; 128 in the paper."},
    {.name = "temperature",
     .type = ParamType::real,
     .default_value = "0.5",
     .min = 0.001,
     .max = 1000,
     .doc = "Cosines are divided by it: small ones weigh the hardest negatives. 0.5 is the paper's for CIFAR-10, whose "
            "ten classes are nearer to this benchmark's than those of ImageNet, where it takes 0.1."},
};

// Checks of behaviour need no wide projector, which would make them slow.
constexpr CheckValue kCheck[] = {{"width", "256"}};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<SimClr>(params, context);
}

}  // namespace
}  // namespace autodidact::simclr

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "simclr",
    .version = "1.0.0",
    .summary = "Each view picks its partner out of all views of the batch",
    .paper =
        "T. Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, ICML 2020, "
        "https://arxiv.org/abs/2002.05709",
    .capabilities = "gradient self_supervised",
    .params = autodidact::simclr::kParams,
    .param_count = std::size(autodidact::simclr::kParams),
    .check = autodidact::simclr::kCheck,
    .check_count = std::size(autodidact::simclr::kCheck),
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.2,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::simclr::create,
    .create_prior = nullptr,
};
