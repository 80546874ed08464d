// FSQ as a plugin: what it is called and what can be set. Defaults are those of the VQVAE, with levels that make as
// many codes.
#include "autodidact/plugin/plugin.hpp"

#include "common/autoencoder/single_branch_params.hpp"
#include "fsq.hpp"

namespace autodidact::fsq {
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
     .doc = "Channels of the networks."},
    autoencoder::kEncoderBlocks,
    autoencoder::kDecoderBlocks,
    autoencoder::kDropout,
    {.name = "levels",
     .type = ParamType::integers,
     .default_value = "[8, 4]",
     .min = 2,
     .max = 65536,
     .unit = "levels",
     .doc = "Values that each number of a code can take; their product, at most 65536, is the number of codes."},
    autoencoder::kTimeWeight,
    autoencoder::kStftWeight,
    autoencoder::kTimeNorm,
    autoencoder::kStftNorm,
    autoencoder::kLegacyCrop,
};

std::unique_ptr<Tokenizer> create(const Params& params, const Context& context) {
  return std::make_unique<Fsq>(params, context);
}

}  // namespace
}  // namespace autodidact::fsq

AUTODIDACT_PLUGIN = {
    AUTODIDACT_HEAD,
    .kind = autodidact::Kind::tokenizer,
    .name = "fsq",
    .version = "1.0.0",
    .summary = "Autoencoder on the short-time Fourier transform with finite scalar quantisation, one stream of tokens",
    .paper =
        "F. Mentzer, D. Minnen, E. Agustsson, M. Tschannen, Finite Scalar Quantization: VQ-VAE Made Simple, ICLR 2024, "
        "https://arxiv.org/abs/2309.15505",
    .capabilities = "gradient",
    .params = autodidact::fsq::kParams,
    .param_count = std::size(autodidact::fsq::kParams),
    .check = nullptr,
    .check_count = 0,
    .golden = nullptr,
    .golden_count = 0,
    .default_weight = 0.0,
    .create_tokenizer = autodidact::fsq::create,
    .create_objective = nullptr,
    .create_prior = nullptr,
};
