// VIbCReg as a plugin: what it is called, what can be set, what it can be compared with.
#include "autodidact/plugin/plugin.hpp"

#include "golden.hpp"
#include "vibcreg.hpp"

namespace autodidact::vibcreg {
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
     .default_value = "100.0",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the squared correlations of different features (nu); the authors' code has 200, NC-VQVAE 100."},
    {.name = "whiten",
     .type = ParamType::boolean,
     .default_value = "true",
     .doc = "Iterative normalisation as the last layer of the projector."},
    {.name = "groups",
     .type = ParamType::integer,
     .default_value = "64",
     .min = 1,
     .max = 65536,
     .doc = "Groups asked for in iterative normalisation; each has ceil(width / groups) channels, halved until that "
            "divides the width."},
    {.name = "iterations",
     .type = ParamType::integer,
     .default_value = "5",
     .min = 1,
     .max = 100,
     .unit = "steps",
     .doc = "Newton steps of iterative normalisation (T)."},
    {.name = "eps",
     .type = ParamType::real,
     .default_value = "1e-5",
     .min = 0,
     .max = 1,
     .doc = "Added to the diagonal of each group's covariance before its inverse root is sought."},
    {.name = "momentum",
     .type = ParamType::real,
     .default_value = "0.1",
     .min = 0,
     .max = 1,
     .doc = "Step of the running mean and whitening matrix towards those of the batch."},
};

// Checks of behaviour need no wide projector, which would make them slow.
constexpr CheckValue kCheck[] = {{"width", "256"}};

constexpr GoldenEntry kGolden[] = {
    {.file = "ssl_vibcreg", .groups = "*", .run = golden_loss},
    {.file = "iternorm", .groups = "*", .run = golden_iter_norm},
};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<VibcReg>(params, context);
}

}  // namespace
}  // namespace autodidact::vibcreg

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "vibcreg",
    .version = "1.0.0",
    .summary = "VICReg on whitened embeddings, with correlations in place of covariances",
    .paper =
        "D. Lee, E. Aune, Computer Vision Self-supervised Learning Methods on Time Series, 2021, "
        "https://arxiv.org/abs/2109.00783",
    .capabilities = "gradient self_supervised",
    .params = autodidact::vibcreg::kParams,
    .param_count = std::size(autodidact::vibcreg::kParams),
    .check = autodidact::vibcreg::kCheck,
    .check_count = std::size(autodidact::vibcreg::kCheck),
    .golden = autodidact::vibcreg::kGolden,
    .golden_count = std::size(autodidact::vibcreg::kGolden),
    .default_weight = 0.01,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::vibcreg::create,
    .create_prior = nullptr,
};
