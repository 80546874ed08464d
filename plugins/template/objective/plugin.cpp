// The objective as a plugin: what it is called and what can be set. No maths here.
#include "autodidact/plugin/plugin.hpp"

#include "objective.hpp"

namespace autodidact::agree_spread {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "width",
     .type = ParamType::integer,
     .default_value = "256",
     .min = 2,
     .max = 65536,
     .unit = "features",
     .doc = "Width of the projector, and so of the embeddings that are compared."},
    {.name = "mu",
     .type = ParamType::real,
     .default_value = "1.0",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the hinge on each feature's standard deviation; the distance of the views has weight 1."},
};

std::unique_ptr<Objective> create(const Params& params, const Context& context) {
  return std::make_unique<ProjectedViews>(params, context);
}

}  // namespace
}  // namespace autodidact::agree_spread

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::objective,
    .name = "agree_spread",
    .version = "1.0.0",
    .summary = "Two views drawn together while every feature keeps its spread over the batch",
    .paper = "A. Bardes, J. Ponce, Y. LeCun, VICReg, ICLR 2022, https://arxiv.org/abs/2105.04906",
    .capabilities = "gradient self_supervised",
    .params = autodidact::agree_spread::kParams,
    .param_count = std::size(autodidact::agree_spread::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.25,
    .create_tokenizer = nullptr,
    .create_objective = autodidact::agree_spread::create,
    .create_prior = nullptr,
};
