#include "common/autoencoder/single_branch.hpp"

#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"
#include "common/autoencoder/maps.hpp"

namespace autodidact::autoencoder {
namespace {

NetworkOptions network_options(const Params& params, std::int64_t channels) {
  return {.channels = 2 * channels,
          .hidden = params.integer("hidden"),
          .encoder_blocks = params.integer("encoder_blocks"),
          .decoder_blocks = params.integer("decoder_blocks"),
          .dropout = params.real("dropout")};
}

}  // namespace

SingleBranch::SingleBranch(std::string who, const Params& params, const Context& context)
    : who_(std::move(who)),
      channels_(context.channels),
      length_(context.length),
      kept_(context.length),
      stft_({.n_fft = params.integer("n_fft"), .hop = params.integer("hop")}, context.length),
      grid_(grid_for(context.length, params.integer("n_fft"), stft_.height(), stft_.frames(), params.integer("width"))),
      hidden_(params.integer("hidden")),
      encoder_(network_options(params, channels_), grid_),
      decoder_(network_options(params, channels_), grid_, stft_.height(), stft_.frames()),
      time_{params.real("time_weight"), params.text("time_norm") == "absolute"},
      spectrum_{params.real("stft_weight"), params.text("stft_norm") == "absolute"},
      compute_(context.host->precision() == Precision::bf16 ? at::kBFloat16 : at::kFloat) {
  if (time_.weight == 0 && spectrum_.weight == 0)
    throw ConfigError(who_ +
                      ": time_weight and stft_weight are both 0: nothing would teach the decoder; give one of "
                      "them a value above 0");
  if (params.boolean("legacy_crop")) kept_ = stft_.whole_hops();
}

SingleBranch::Encoded SingleBranch::encode(const at::Tensor& x, bool training) const {
  check_series(who_, x, channels_, length_);
  const at::Tensor u = stft_.forward(x);
  return {u, encoder_(u, training, compute_)};
}

void SingleBranch::reconstruct(const at::Tensor& latent, const Encoded& encoded, const at::Tensor& x, bool training,
                               View& view) const {
  const at::Tensor u_hat = decoder_(latent, training, compute_);  // (B, 2C, H, W)
  view.x_hat = series_of(u_hat);                                  // (B, C, L)
  add_error("recon_time", time_, view.x_hat.narrow(2, 0, kept_), x.narrow(2, 0, kept_), view);
  add_error("recon_stft", spectrum_, u_hat, encoded.u, view);
  add_up(view);
}

at::Tensor SingleBranch::series_of(const at::Tensor& u) const {
  const at::Tensor x = stft_.inverse(u);  // (B, C, L)
  if (kept_ == length_) return x;
  return at::cat({x.narrow(2, 0, kept_), x.narrow(2, kept_ - 1, 1).expand({-1, -1, length_ - kept_})}, 2);
}

at::Tensor SingleBranch::decode(const at::Tensor& latent) const {
  return series_of(decoder_(latent, /*training=*/false, compute_));
}

Layout SingleBranch::layout(std::int64_t codes) const {
  return {{.name = "tokens",
           .height = grid_.height,
           .width = grid_.width,
           .channels = hidden_,
           .vocabulary = codes,
           .first = 0}};
}

void SingleBranch::list(nn::State& out) const {
  encoder_.list("encoder", out);
  decoder_.list("decoder", out);
}

}  // namespace autodidact::autoencoder
