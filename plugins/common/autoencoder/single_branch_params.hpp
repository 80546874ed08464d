// The parameters of tokenizers with one branch, for the descriptors that list them. Defaults are those of the thesis.
#pragma once

#include "autodidact/plugin/params.hpp"

namespace autodidact::autoencoder {

inline constexpr ParamSpec kNFft = {.name = "n_fft",
                                    .type = ParamType::integer,
                                    .default_value = "8",
                                    .min = 4,
                                    .max = 4096,
                                    .unit = "samples",
                                    .doc = "Window of the Fourier transform; n_fft / 2 + 1 frequencies."};
inline constexpr ParamSpec kHop = {.name = "hop",
                                   .type = ParamType::integer,
                                   .default_value = "2",
                                   .min = 1,
                                   .max = 4096,
                                   .unit = "samples",
                                   .doc = "Step between windows; at most n_fft / 2, or series could not be rebuilt."};
inline constexpr ParamSpec kWidth = {
    .name = "width",
    .type = ParamType::integer,
    .default_value = "8",
    .min = 1,
    .max = 65536,
    .unit = "tokens",
    .doc = "Tokens aimed at along time; the downsampling rate is rounded down to a power of two from it."};
inline constexpr ParamSpec kEncoderBlocks = {.name = "encoder_blocks",
                                             .type = ParamType::integer,
                                             .default_value = "4",
                                             .min = 1,
                                             .max = 64,
                                             .doc = "Residual blocks of the encoder."};
inline constexpr ParamSpec kDecoderBlocks = {.name = "decoder_blocks",
                                             .type = ParamType::integer,
                                             .default_value = "4",
                                             .min = 1,
                                             .max = 64,
                                             .doc = "Residual blocks of the decoder."};
inline constexpr ParamSpec kDropout = {.name = "dropout",
                                       .type = ParamType::real,
                                       .default_value = "0.0",
                                       .min = 0,
                                       .max = 0.99,
                                       .doc = "Dropout behind each block's activation and convolution in training."};
inline constexpr ParamSpec kTimeWeight = {.name = "time_weight",
                                          .type = ParamType::real,
                                          .default_value = "1.0",
                                          .min = 0,
                                          .max = 1e6,
                                          .doc = "Weight of the reconstruction error of the series."};
inline constexpr ParamSpec kStftWeight = {.name = "stft_weight",
                                          .type = ParamType::real,
                                          .default_value = "1.0",
                                          .min = 0,
                                          .max = 1e6,
                                          .doc = "Weight of the reconstruction error of its transform."};
inline constexpr ParamSpec kTimeNorm = {.name = "time_norm",
                                        .type = ParamType::choice,
                                        .default_value = "\"squared\"",
                                        .choices = "squared|absolute",
                                        .doc = "Mean of squared or of absolute errors of the series."};
inline constexpr ParamSpec kStftNorm = {.name = "stft_norm",
                                        .type = ParamType::choice,
                                        .default_value = "\"squared\"",
                                        .choices = "squared|absolute",
                                        .doc = "The same for its transform."};
inline constexpr ParamSpec kLegacyCrop = {
    .name = "legacy_crop",
    .type = ParamType::boolean,
    .default_value = "false",
    .doc =
        "Repeat the published inverse transform: the losses leave out the last sample of series of odd length, and "
        "reconstructions hold the sample before it twice."};

}  // namespace autodidact::autoencoder
