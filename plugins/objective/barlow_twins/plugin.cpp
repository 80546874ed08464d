// Barlow Twins as a plugin: what it is called, what can be set, what it can be compared with.
#include "autodidact/plugin/plugin.hpp"

#include "barlow_twins.hpp"
#include "golden.hpp"

namespace autodidact::barlow_twins {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "width",
     .type = ParamType::integer,
     .default_value = "4096",
     .min = 2,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the projector's three layers, and so of the embeddings that are compared."},
    {.name = "lambda",
     .type = ParamType::real,
     .default_value = "0.005",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the redundancy term; the authors' code has 0.0051."},
    {.name = "std",
     .type = ParamType::choice,
     .default_value = "\"biased\"",
     .choices = "biased|unbiased",
     .doc =
         "biased: divisor n and eps under the root, as the authors' code; unbiased: divisor n - 1 and eps added to the "
         "deviation, as NC-VQVAE (with eps = 1e-8)."},
    {.name = "eps",
     .type = ParamType::real,
     .default_value = "1e-5",
     .min = 0,
     .max = 1,
     .doc = "What keeps a constant feature from a division by zero."},
    {.name = "mean_over_features",
     .type = ParamType::boolean,
     .default_value = "true",
     .doc = "Divide the loss by the number of features, as NC-VQVAE; the paper sums."},
};

// Checks of behaviour need no wide projector, which would make them slow.
constexpr CheckValue kCheck[] = {{"width", "256"}};

constexpr GoldenEntry kGolden[] = {{.file = "ssl_barlow_twins", .groups = "*", .run = golden_loss}};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<BarlowTwins>(params, context);
}

}  // namespace
}  // namespace autodidact::barlow_twins

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "barlow_twins",
    .version = "1.0.0",
    .summary = "Cross-correlation of two views drawn to the identity",
    .paper =
        "J. Zbontar et al., Barlow Twins: Self-Supervised Learning via Redundancy Reduction, ICML 2021, "
        "https://arxiv.org/abs/2103.03230",
    .capabilities = "gradient self_supervised",
    .params = autodidact::barlow_twins::kParams,
    .param_count = std::size(autodidact::barlow_twins::kParams),
    .check = autodidact::barlow_twins::kCheck,
    .check_count = std::size(autodidact::barlow_twins::kCheck),
    .golden = autodidact::barlow_twins::kGolden,
    .golden_count = std::size(autodidact::barlow_twins::kGolden),
    .default_weight = 1.0,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::barlow_twins::create,
    .create_prior = nullptr,
};
