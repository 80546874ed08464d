#include "golden.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <bit>
#include <string>

#include "common/autoencoder/golden_networks.hpp"
#include "common/autoencoder/network.hpp"
#include "common/stft/stft.hpp"
#include "common/vq/codebook.hpp"
#include "common/vq/quantise.hpp"

namespace autodidact::vqvae {
namespace {

using autoencoder::Decoder;
using autoencoder::Encoder;
using autoencoder::GoldenNames;
using autoencoder::Grid;
using autoencoder::NetworkOptions;

std::string joined(const std::string& prefix, std::int64_t i) { return prefix + "." + std::to_string(i); }

// Strided blocks and residual blocks, which stand in one list in the reference.
void add_strided(GoldenNames& names, const std::string& ours, const std::string& theirs) {
  names.add_conv(ours + ".conv", theirs + ".block.0");
  names.add_norm(ours + ".norm", theirs + ".block.1");
}
void add_residual(GoldenNames& names, const std::string& ours, const std::string& theirs, bool with_inner) {
  names.add_conv(ours + ".wide", theirs + ".0.convs.1");
  if (with_inner) names.add_norm(ours + ".inner", theirs + ".0.convs.2");
  names.add_conv(ours + ".point", theirs + (with_inner ? ".0.convs.5" : ".0.convs.4"));
  names.add_norm(ours + ".norm", theirs + ".1");
}

GoldenNames encoder_names(const Grid& grid, std::int64_t blocks) {
  GoldenNames names;
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < grid.down; ++i)
    add_strided(names, "encoder.down" + std::to_string(i), joined("encoder", at++));
  for (std::int64_t i = 0; i < blocks; ++i)
    add_residual(names, "encoder.residual" + std::to_string(i), joined("encoder", at++), true);
  return names;
}

GoldenNames decoder_names(const Grid& grid, std::int64_t blocks) {
  GoldenNames names;
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < blocks; ++i)
    add_residual(names, "decoder.residual" + std::to_string(i), joined("decoder", at++), false);
  for (std::int64_t i = 0; i < grid.up; ++i)
    add_strided(names, "decoder.up" + std::to_string(i), joined("decoder", at++));
  names.add_conv("decoder.out", joined("decoder", at++));
  names.add_conv("decoder.extra", joined("decoder", at));
  return names;
}

Grid grid_of(const GoldenCase& golden) {
  Grid grid;
  grid.rate = golden.integer("downsample_rate");
  const std::int64_t halvings = std::bit_width(static_cast<std::uint64_t>(grid.rate)) - 1;
  grid.up = std::max<std::int64_t>(0, halvings - 1);
  grid.down = grid.up + 1;
  return grid;
}

NetworkOptions options_of(const GoldenCase& golden) {
  return {.channels = golden.integer("channels"),
          .hidden = golden.integer("d"),
          .encoder_blocks = golden.integer("resnet_blocks"),
          .decoder_blocks = golden.integer("resnet_blocks"),
          .dropout = 0.0};
}

}  // namespace

GoldenResult golden_encoder(const GoldenCase& golden) {
  const Grid grid = grid_of(golden);
  const Encoder encoder(options_of(golden), grid);
  const GoldenNames names = encoder_names(grid, golden.integer("resnet_blocks"));
  nn::State state;
  encoder.list("encoder", state);
  names.load(state, golden);
  return run_golden([&](const at::Tensor& x, bool training) { return encoder(x, training, x.scalar_type()); }, state,
                    names, golden);
}

GoldenResult golden_decoder(const GoldenCase& golden) {
  const Grid grid = grid_of(golden);
  const Decoder decoder(options_of(golden), grid, golden.integer("height"), golden.integer("width"));
  const GoldenNames names = decoder_names(grid, golden.integer("resnet_blocks"));
  nn::State state;
  decoder.list("decoder", state);
  names.load(state, golden);
  return run_golden([&](const at::Tensor& x, bool training) { return decoder(x, training, x.scalar_type()); }, state,
                    names, golden);
}

GoldenResult golden_codebook(const GoldenCase& golden) {
  const at::Tensor codes = golden.inputs.at("codebook");  // (K, d)
  const std::int64_t K = codes.size(0), d = codes.size(1);
  vq::Codebook codebook({.codes = K, .dimension = d, .decay = golden.real("decay"), .eps = golden.real("eps")});
  codebook.set(codes, golden.inputs.at("cluster_size"), golden.inputs.at("embed_avg"));
  const at::AutoGradMode with_gradient(true);

  GoldenResult out;
  const at::Tensor first = golden.inputs.at("x_step1");  // (B, N, d)
  const at::Tensor seen = codebook.assign(first.reshape({-1, d}));
  out["eval_indices"] = seen.view({first.size(0), first.size(1)});
  out["eval_quantized"] = codebook.look_up(out["eval_indices"]);
  out["eval_perplexity"] = vq::usage(seen, K).perplexity;

  for (int i = 1; i <= 3; ++i) {
    const std::string step = "_step" + std::to_string(i);
    const at::Tensor x = golden.inputs.at("x" + step).clone().requires_grad_(true);
    const at::Tensor rows = x.reshape({-1, d});
    const at::Tensor index = codebook.assign(rows.detach());
    const vq::Quantised q = vq::quantise(rows, codebook.codes(), index);
    const at::Tensor cotangent = golden.inputs.at("cotangent" + step).reshape({-1, d});
    ((q.z_q * cotangent).sum() + q.commitment * golden.real("commitment_weight")).backward();
    codebook.update(rows.detach(), index, [] { return at::Generator(); });

    out["indices" + step] = index.view({x.size(0), x.size(1)});
    out["quantized" + step] = q.z_q.detach().view(x.sizes());
    out["commit_loss" + step] = q.commitment.detach();
    out["perplexity" + step] = vq::usage(index, K).perplexity;
    out["grad_x" + step] = x.grad();
    out["codebook_after" + step] = codebook.codes().clone();
    out["cluster_size_after" + step] = codebook.sizes().clone();
    out["embed_avg_after" + step] = codebook.sums().clone();
  }
  return out;
}

GoldenResult golden_stft(const GoldenCase& golden) {
  const at::Tensor x = golden.inputs.at("x");  // (B, C, L)
  const stft::StftOptions options{
      .n_fft = golden.integer("n_fft"), .hop = golden.integer("hop"), .normalized = golden.integer("normalized") != 0};
  const stft::Stft transform(options, x.size(2), x.scalar_type());
  const at::Tensor u = transform.forward(x);
  const std::int64_t kept = golden.integer("length_out");  // the stored inverse was made without a length
  GoldenResult out{{"time_frequency", u}, {"reconstructed", transform.inverse(u).narrow(2, 0, kept)}};
  if (!options.normalized) return out;  // bands are stored for the scaled transform only
  at::Tensor low = at::zeros_like(u), high = u.clone();
  low.narrow(2, 0, 1).copy_(u.narrow(2, 0, 1));
  high.narrow(2, 0, 1).zero_();
  out["low_frequency_only"] = low;
  out["high_frequency_only"] = high;
  out["low_frequency_series"] = transform.inverse(low).narrow(2, 0, kept);
  out["high_frequency_series"] = transform.inverse(high).narrow(2, 0, kept);
  return out;
}

}  // namespace autodidact::vqvae
