#include "golden.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "common/autoencoder/golden_networks.hpp"
#include "common/autoencoder/maps.hpp"
#include "common/autoencoder/separable_network.hpp"
#include "common/nn/unit_rows.hpp"
#include "common/stft/stft.hpp"
#include "timevqvae.hpp"

namespace autodidact::timevqvae {
namespace {

using autoencoder::GoldenNames;
using autoencoder::Grid;
using autoencoder::SeparableDecoder;
using autoencoder::SeparableEncoder;
using autoencoder::SeparableOptions;

void add_separable(GoldenNames& names, const std::string& ours, const std::string& depth, const std::string& point) {
  for (const auto& [part, theirs] : {std::pair{".depth", depth}, {".point", point}}) {
    names.add_weight_norm(ours + part, theirs);
    names.add(ours + part + ".bias", theirs + ".bias");
  }
}
void add_strided(GoldenNames& names, const std::string& ours, const std::string& theirs) {
  add_separable(names, ours, theirs + ".block.0", theirs + ".block.1");
  names.add_norm(ours + ".norm", theirs + ".block.2");
  names.add(ours + ".snake.a", theirs + ".block.3.a");
}
void add_residual(GoldenNames& names, const std::string& ours, const std::string& theirs) {
  names.add(ours + ".before.a", theirs + ".convs.0.a");
  add_separable(names, ours + ".first", theirs + ".convs.1", theirs + ".convs.2");
  names.add_norm(ours + ".norm", theirs + ".convs.3");
  names.add(ours + ".between.a", theirs + ".convs.4.a");
  add_separable(names, ours + ".second", theirs + ".convs.5", theirs + ".convs.6");
  names.add_conv(ours + ".skip", theirs + ".proj");
}
void add_chain(GoldenNames& names, const std::string& level, std::int64_t blocks, const std::string& list,
               std::int64_t& at) {
  for (std::int64_t j = 0; j < blocks; ++j)
    add_residual(names, level + ".residual" + std::to_string(j), list + std::to_string(at++));
}

// All blocks stand in one list in the reference.
GoldenNames encoder_names(const Grid& grid, std::int64_t blocks) {
  GoldenNames names;
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < grid.down; ++i) {
    const std::string level = "encoder.level" + std::to_string(i);
    add_strided(names, level + ".down", "encoder." + std::to_string(at++));
    if (i > 0) add_chain(names, level, blocks, "encoder.", at);
  }
  add_residual(names, "encoder.last", "encoder." + std::to_string(at));
  return names;
}

GoldenNames decoder_names(const Grid& grid, std::int64_t blocks) {
  GoldenNames names;
  std::int64_t at = 0;
  add_residual(names, "decoder.first", "decoder." + std::to_string(at++));
  for (std::int64_t i = 0; i + 1 < grid.down; ++i) {
    const std::string level = "decoder.level" + std::to_string(i);
    add_chain(names, level, blocks, "decoder.", at);
    add_strided(names, level + ".up", "decoder." + std::to_string(at++));
  }
  const std::string out = "decoder." + std::to_string(at), extra = "decoder." + std::to_string(at + 1);
  names.add_conv("decoder.out.depth", out + ".0");
  names.add_conv("decoder.out.point", out + ".1");
  names.add_conv("decoder.extra", extra + ".0");
  names.add_conv("decoder.mixing", extra + ".1");
  return names;
}

// Gradients that are 0 but for eps in exact arithmetic. What is stored is the float32 rounding of terms that cancel,
// with up to a tenth of it in error.
bool cancels(const std::string& name, const Grid& grid) {
  const auto has = [&](const std::string& part) { return name.find(part) != std::string::npos; };
  const bool encoder = name.rfind("encoder.", 0) == 0;
  // A batch norm behind a convolution takes the scale of each output channel away again: its g has no effect. (Of a
  // transposed convolution g belongs to the input.)
  if (name.ends_with(".first.point.g") || (encoder && name.ends_with(".down.point.g"))) return true;
  // The LF encoder sees one row, whose imaginary part is 0: of two inputs one varies, and its weight is a scale again.
  if (grid.height == 1 && name == "encoder.level0.down.point.v") return true;
  // A constant added right before a halving passes its replicate padding and is taken away by its norm.
  const bool before_halving = encoder && !has("level" + std::to_string(grid.down - 1)) && has(".residual");
  return before_halving && has(".second.") && name.ends_with(".bias");
}

constexpr std::int64_t kLfBins = 1;

struct Setting {
  stft::StftOptions transform;
  stft::Band band;
  Grid grid;  // height and halvings; the width is that of x
  SeparableOptions network;
};
Setting setting_of(const GoldenCase& golden, std::int64_t channels) {
  Setting s;
  s.transform.n_fft = golden.integer("n_fft");
  s.transform.hop = s.transform.n_fft / 4;
  s.transform.normalized = true;
  s.band = band_of(golden.text("kind") == "lf" ? 0 : 1, kLfBins, s.transform.n_fft / 2 + 1);
  s.grid.height = s.band.count;
  s.grid.down = std::lround(std::log2(golden.real("downsample_rate")));
  s.network = {.channels = 2 * channels,
               .first = golden.integer("init_dim"),
               .hidden = golden.integer("hid_dim"),
               .encoder_blocks = golden.integer("resnet_blocks"),
               .decoder_blocks = golden.integer("resnet_blocks"),
               .dropout = 0.0};
  return s;
}

}  // namespace

// x (B, C, L) -> unit latents.
GoldenResult golden_encoder(const GoldenCase& golden) {
  const at::Tensor x = golden.inputs.at("x");
  const Setting s = setting_of(golden, x.size(1));
  const stft::Stft transform(s.transform, x.size(2), x.scalar_type());
  const SeparableEncoder encoder(s.network, s.grid);
  const GoldenNames names = encoder_names(s.grid, s.network.encoder_blocks);
  nn::State state;
  encoder.list("encoder", state);
  names.load(state, golden);
  const auto network = [&](const at::Tensor& series, bool training) {
    const at::Tensor u = transform.forward(series).narrow(2, s.band.first, s.band.count);
    const at::Tensor z = encoder(u, training);
    return autoencoder::map_of(nn::unit_rows(autoencoder::rows_of(z)), z.size(2), z.size(3));
  };
  return run_golden(network, state, names, golden, [&](const std::string& name) { return cancels(name, s.grid); });
}

// Latents -> (B, C, L).
GoldenResult golden_decoder(const GoldenCase& golden) {
  const at::Tensor z = golden.inputs.at("x");
  const std::int64_t length = golden.integer("length");
  const Setting s = setting_of(golden, golden.inputs.at("cotangent").size(1));
  const SeparableDecoder decoder(s.network, s.grid);
  const GoldenNames names = decoder_names(s.grid, s.network.decoder_blocks);
  nn::State state;
  decoder.list("decoder", state);
  names.load(state, golden);
  const std::int64_t frames = z.size(3) << (s.grid.down + 1);
  const stft::Stft transform(s.transform, (frames - 1) * s.transform.hop, z.scalar_type());
  const auto network = [&](const at::Tensor& latent, bool training) {
    const at::Tensor x = transform.inverse(decoder(latent, training), s.band);
    return at::upsample_linear1d(x, {length}, /*align_corners=*/false);
  };
  return run_golden(network, state, names, golden, [&](const std::string& name) { return cancels(name, s.grid); });
}

GoldenResult golden_bands(const GoldenCase& golden) {
  const at::Tensor x = golden.inputs.at("x");  // (B, C, L)
  const stft::StftOptions options{
      .n_fft = golden.integer("n_fft"), .hop = golden.integer("hop"), .normalized = golden.integer("normalized") != 0};
  const stft::Stft transform(options, x.size(2), x.scalar_type());
  const at::Tensor u = transform.forward(x);
  GoldenResult out;
  for (const auto& [stream, name] : {std::pair{0, std::string("low")}, {1, "high"}}) {
    const stft::Band band = band_of(stream, kLfBins, transform.height());
    const at::Tensor rows = u.narrow(2, band.first, band.count), zeroed = at::zeros_like(u);
    zeroed.narrow(2, band.first, band.count).copy_(rows);
    out[name + "_frequency_only"] = zeroed;
    // The stored inverse was made without a length.
    out[name + "_frequency_series"] = transform.inverse(rows, band).narrow(2, 0, golden.integer("length_out"));
  }
  return out;
}

}  // namespace autodidact::timevqvae
