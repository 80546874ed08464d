// VQVAE as a plugin: what it is called, what can be set, what it can be compared with. Defaults are those of the
// thesis.
#include "autodidact/plugin/plugin.hpp"

#include "common/autoencoder/single_branch_params.hpp"
#include "golden.hpp"
#include "vqvae.hpp"

namespace autodidact::vqvae {
namespace {

constexpr ParamSpec kParams[] = {
    autoencoder::kNFft,
    autoencoder::kHop,
    autoencoder::kWidth,
    {.name = "hidden",
     .type = ParamType::integer,
     .default_value = "64",
     .min = 1,
     .max = 4096,
     .unit = "channels",
     .doc = "Channels of the networks and dimension of the codes."},
    autoencoder::kEncoderBlocks,
    autoencoder::kDecoderBlocks,
    autoencoder::kDropout,
    {.name = "K",
     .type = ParamType::integer,
     .default_value = "32",
     .min = 2,
     .max = 65536,
     .unit = "codes",
     .doc = "Size of the codebook."},
    {.name = "decay",
     .type = ParamType::real,
     .default_value = "0.9",
     .min = 0,
     .max = 1,
     .doc = "Decay of the codebook's exponential averages."},
    {.name = "eps",
     .type = ParamType::real,
     .default_value = "1e-5",
     .min = 1e-12,
     .max = 1,
     .doc = "Smoothing of the cluster sizes that codes are divided by."},
    {.name = "beta",
     .type = ParamType::real,
     .default_value = "1.0",
     .min = 0,
     .max = 1e6,
     .doc = "Weight of the commitment term."},
    {.name = "kmeans",
     .type = ParamType::boolean,
     .default_value = "false",
     .doc = "Start the codebook from k-means on the first batch instead of N(0, 1)."},
    {.name = "kmeans_iterations",
     .type = ParamType::integer,
     .default_value = "10",
     .min = 1,
     .max = 1000,
     .doc = "Iterations of that k-means."},
    {.name = "revival_threshold",
     .type = ParamType::real,
     .default_value = "0.0",
     .min = 0,
     .max = 1e9,
     .unit = "vectors a batch",
     .doc = "Codes whose averaged size falls below it become a random latent; 0 is never."},
    autoencoder::kTimeWeight,
    autoencoder::kStftWeight,
    autoencoder::kTimeNorm,
    autoencoder::kStftNorm,
    {.name = "legacy_ema",
     .type = ParamType::boolean,
     .default_value = "false",
     .doc = "Repeat the published codebook: sizes start at 0; k-means and revival leave its averages inconsistent."},
    autoencoder::kLegacyCrop,
};

constexpr GoldenEntry kGolden[] = {
    {.file = "arch_thesis", .groups = "encoder_*", .run = golden_encoder},
    {.file = "arch_thesis", .groups = "decoder_*", .run = golden_decoder},
    {.file = "vq_ema_codebook", .groups = "*", .run = golden_codebook},
    {.file = "stft_roundtrip", .groups = "*", .run = golden_stft},
};

std::unique_ptr<Tokenizer> create(const Params& params, const Context& context) {
  return std::make_unique<VqVae>(params, context);
}

}  // namespace
}  // namespace autodidact::vqvae

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::tokenizer,
    .name = "vqvae",
    .version = "1.0.0",
    .summary = "Vector-quantised autoencoder on the short-time Fourier transform, one stream of tokens",
    .paper =
        "A. van den Oord et al., Neural Discrete Representation Learning, NeurIPS 2017, "
        "https://arxiv.org/abs/1711.00937",
    .capabilities = "gradient stochastic_encode",
    .params = autodidact::vqvae::kParams,
    .param_count = std::size(autodidact::vqvae::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = autodidact::vqvae::kGolden,
    .golden_count = std::size(autodidact::vqvae::kGolden),
    .default_weight = 0.0,
    .create_tokenizer = autodidact::vqvae::create,
    .create_objective = nullptr,
    .create_prior = nullptr,
};
