// The autoregressive transformer as a plugin.
#include "autodidact/plugin/plugin.hpp"

#include "autoregressive.hpp"

namespace autodidact::autoregressive {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "hidden",
     .type = ParamType::integer,
     .default_value = "256",
     .min = 1,
     .max = 65536,
     .unit = "units",
     .doc = "Width of the transformer and of its embeddings."},
    {.name = "layers",
     .type = ParamType::integer,
     .default_value = "4",
     .min = 1,
     .max = 256,
     .doc = "Layers, each attention and feed-forward."},
    {.name = "heads",
     .type = ParamType::integer,
     .default_value = "2",
     .min = 1,
     .max = 256,
     .doc = "Attention heads, each 64 wide whatever the hidden width."},
    {.name = "ff_mult",
     .type = ParamType::integer,
     .default_value = "1",
     .min = 1,
     .max = 64,
     .doc = "Width of the feed-forward part in units of the hidden width."},
    {.name = "p_unconditional",
     .type = ParamType::real,
     .default_value = "0.2",
     .min = 0,
     .max = 1,
     .doc = "Probability in training that a series' class is replaced by 'no class'."},
    {.name = "label_smoothing",
     .type = ParamType::real,
     .default_value = "0.0",
     .min = 0,
     .max = 1,
     .doc = "Share of the target spread over the vocabulary in training."},
    {.name = "dropout",
     .type = ParamType::real,
     .default_value = "0.0",
     .min = 0,
     .max = 0.99,
     .doc = "Dropout in training on the embeddings and on the output of each part of a layer."},
    {.name = "temperature",
     .type = ParamType::reals,
     .default_value = "[1.0]",
     .min = 0,
     .max = 1e3,
     .doc = "Logits are divided by it before a token is drawn, one value per token stream; 0 takes the most likely.",
     .phase = Phase::sample},
    {.name = "top_k",
     .type = ParamType::integers,
     .default_value = "[0]",
     .min = 0,
     .max = 1e9,
     .unit = "codes",
     .doc = "Only that many most likely codes can be drawn, one value per token stream; 0 is all.",
     .phase = Phase::sample},
    {.name = "top_p",
     .type = ParamType::reals,
     .default_value = "[1.0]",
     .min = 0,
     .max = 1,
     .doc = "Only the fewest most likely codes that together have this probability can be drawn (nucleus), one value "
            "per token stream; 1 is all.",
     .phase = Phase::sample},
    {.name = "guidance_scale",
     .type = ParamType::reals,
     .default_value = "[1.0]",
     .min = 0,
     .max = 1e3,
     .doc = "Classifier-free guidance on the logits, one value per token stream; 1 is the conditional network alone.",
     .phase = Phase::sample},
};

std::unique_ptr<Prior> create(const Params& params, const Context& context) {
  return std::make_unique<Autoregressive>(params, context);
}

}  // namespace
}  // namespace autodidact::autoregressive

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::prior,
    .name = "autoregressive",
    .version = "1.0.0",
    .summary = "Causal transformer over all tokens in a row, with exact likelihood",
    .paper =
        "A. van den Oord et al., Neural Discrete Representation Learning, NIPS 2017, "
        "https://arxiv.org/abs/1711.00937; A. Vaswani et al., Attention is all you need, NIPS 2017, "
        "https://arxiv.org/abs/1706.03762",
    .capabilities = "gradient conditional",
    .params = autodidact::autoregressive::kParams,
    .param_count = std::size(autodidact::autoregressive::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.0,
    .create_tokenizer = nullptr,
    .create_objective = nullptr,
    .create_prior = autodidact::autoregressive::create,
};
