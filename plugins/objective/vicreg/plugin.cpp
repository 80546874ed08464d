// VICReg as a plugin: what it is called, what can be set, what it can be compared with.
#include "autodidact/plugin/plugin.hpp"

#include "golden.hpp"
#include "vicreg.hpp"

namespace autodidact::vicreg {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "width",
     .type = ParamType::integer,
     .default_value = "4096",
     .min = 2,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the projector's three layers, and so of the embeddings that are compared."},
    {.name = "similarity",
     .type = ParamType::real,
     .default_value = "25.0",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the mean squared difference of the views (lambda)."},
    {.name = "variance",
     .type = ParamType::real,
     .default_value = "25.0",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the hinge on each feature's standard deviation (mu)."},
    {.name = "covariance",
     .type = ParamType::real,
     .default_value = "1.0",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the squared covariances of different features (nu)."},
    {.name = "halve_variance",
     .type = ParamType::boolean,
     .default_value = "false",
     .doc =
         "Take half the sum of both views' variance terms, as the authors' code; the paper and NC-VQVAE take the sum."},
};

// Checks of behaviour need no wide projector, which would make them slow.
constexpr CheckValue kCheck[] = {{"width", "256"}};

constexpr GoldenEntry kGolden[] = {{.file = "ssl_vicreg", .groups = "*", .run = golden_loss}};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<VicReg>(params, context);
}

}  // namespace
}  // namespace autodidact::vicreg

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "vicreg",
    .version = "1.0.0",
    .summary = "Two views drawn together, with variance kept up and features decorrelated",
    .paper =
        "A. Bardes, J. Ponce, Y. LeCun, VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised "
        "Learning, ICLR 2022, https://arxiv.org/abs/2105.04906",
    .capabilities = "gradient self_supervised",
    .params = autodidact::vicreg::kParams,
    .param_count = std::size(autodidact::vicreg::kParams),
    .check = autodidact::vicreg::kCheck,
    .check_count = std::size(autodidact::vicreg::kCheck),
    .golden = autodidact::vicreg::kGolden,
    .golden_count = std::size(autodidact::vicreg::kGolden),
    .default_weight = 0.01,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::vicreg::create,
    .create_prior = nullptr,
};
