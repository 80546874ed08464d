// MaskGIT as a plugin: what it is called, what can be set, what it can be compared with.
#include "autodidact/plugin/plugin.hpp"

#include "golden.hpp"
#include "maskgit.hpp"

namespace autodidact::maskgit {
namespace {

constexpr ParamSpec kParams[] = {
    {.name = "network", .type = ParamType::choice, .default_value = "\"thesis\"", .choices = "thesis|tvq24",
     .doc = "The transformer: of the thesis and TimeVQVAE in 2023, or of TimeVQVAE since 2024 (weight norm, cosine "
            "attention, an untied head)."},
    {.name = "hidden", .type = ParamType::integers, .default_value = "[256]", .min = 1, .max = 65536, .unit = "units",
     .doc = "Width of the transformer, one value per token stream."},
    {.name = "layers", .type = ParamType::integers, .default_value = "[4]", .min = 1, .max = 256,
     .doc = "Layers, each attention and feed-forward, one value per token stream."},
    {.name = "heads", .type = ParamType::integers, .default_value = "[2]", .min = 1, .max = 256,
     .doc = "Attention heads, each 64 wide whatever the hidden width, one value per token stream."},
    {.name = "ff_mult", .type = ParamType::integers, .default_value = "[1]", .min = 1, .max = 64,
     .doc = "Width of the feed-forward part in units of the hidden width (tvq24: of two thirds of it), one value per "
            "token stream."},
    {.name = "embedding", .type = ParamType::integer, .default_value = "0", .min = 0, .max = 65536, .unit = "units",
     .doc = "Width of the token embedding. thesis: 0 takes that of the codebook (64 without one), and a codebook of "
            "this width starts the embedding; tvq24: 0 is 128, and it starts from N(0, 1)."},
    {.name = "input", .type = ParamType::choice, .default_value = "\"token\"", .choices = "token|codebook",
     .doc = "token: an embedding that is also the head; codebook: codebook vectors in, a trainable copy, and a head of "
            "its own, the full embedding of the thesis' self-supervised models (network thesis only)."},
    {.name = "second_positions", .type = ParamType::boolean, .default_value = "true",
     .doc = "thesis: add the second learned positional embedding of the published network, after the projection in."},
    {.name = "p_unconditional", .type = ParamType::real, .default_value = "0.2", .min = 0, .max = 1,
     .doc = "Probability in training that a series' class is replaced by 'no class'."},
    {.name = "schedule", .type = ParamType::choice, .default_value = "\"cosine\"",
     .choices = "cosine|linear|square|cubic|log",
     .doc = "Share of masked tokens gamma(r), in training and in decoding."},
    {.name = "mask_convention", .type = ParamType::choice, .default_value = "\"mask\"", .choices = "mask|keep",
     .doc = "mask: gamma(r) N tokens are masked in training; keep: as many are kept, as the published code does."},
    {.name = "mask_ratio", .type = ParamType::choice, .default_value = "\"series\"", .choices = "series|batch",
     .doc = "What a ratio r is drawn for in training: each series, or a whole batch, as the thesis' code does."},
    {.name = "loss_on", .type = ParamType::choice, .default_value = "\"masked\"", .choices = "masked|all",
     .doc = "Positions the loss is averaged over; all is what the thesis' code does."},
    {.name = "stream_loss", .type = ParamType::choice, .default_value = "\"sum\"", .choices = "sum|mean",
     .doc = "How the losses of several token streams are put together: TimeVQVAE halved them in 2023 and sums them since "
            "2024."},
    {.name = "label_smoothing", .type = ParamType::real, .default_value = "0.0", .min = 0, .max = 1,
     .doc = "Share of the target spread over the vocabulary."},
    {.name = "dropout", .type = ParamType::real, .default_value = "0.0", .min = 0, .max = 0.99,
     .doc = "Dropout on the embeddings of visible tokens in training."},
    {.name = "steps", .type = ParamType::integers, .default_value = "[10]", .min = 1, .max = 100000, .unit = "steps",
     .doc = "Decoding steps T, one value per token stream.", .phase = Phase::sample},
    {.name = "choice_temperature", .type = ParamType::reals, .default_value = "[4.0]", .min = 0, .max = 1e6,
     .doc = "Scale of the annealed Gumbel noise on the confidences, one value per token stream.",
     .phase = Phase::sample},
    {.name = "guidance_scale", .type = ParamType::reals, .default_value = "[1.0]", .min = 0, .max = 1e3,
     .doc = "Classifier-free guidance; 1 is the conditional network as it is, one value per token stream.",
     .phase = Phase::sample},
};

constexpr GoldenEntry kGolden[] = {
    {.file = "maskgit_schedule", .groups = "decode_*", .run = golden_decode_counts},
    {.file = "maskgit_schedule", .groups = "training_N*", .run = golden_training_counts},
    {.file = "maskgit_schedule", .groups = "remask_*", .run = golden_remask},
    {.file = "arch_thesis", .groups = "prior_token_*|prior_full_embedding_*", .run = golden_thesis_network},
    {.file = "arch_timevqvae", .groups = "prior_lf_*|prior_hf_*", .run = golden_tvq24_network},
};

std::unique_ptr<Prior> create(const Params& params, const Context& context) {
  return std::make_unique<MaskGit>(params, context);
}

}  // namespace
}  // namespace autodidact::maskgit

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::prior,
    .name = "maskgit",
    .version = "1.1.0",
    .summary = "Bidirectional transformer over masked tokens, decoded in a few parallel steps",
    .paper = "H. Chang et al., MaskGIT: Masked Generative Image Transformer, CVPR 2022, "
             "https://arxiv.org/abs/2202.04200",
    .capabilities = "gradient conditional",
    .params = autodidact::maskgit::kParams,
    .param_count = std::size(autodidact::maskgit::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = autodidact::maskgit::kGolden,
    .golden_count = std::size(autodidact::maskgit::kGolden),
    .default_weight = 0.0,
    .create_tokenizer = nullptr,
    .create_objective = nullptr,
    .create_prior = autodidact::maskgit::create,
};
