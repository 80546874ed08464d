#include "band_network.hpp"

#include <ATen/ATen.h>

#include "common/autoencoder/network.hpp"
#include "common/autoencoder/separable_network.hpp"

namespace autodidact::timevqvae {
namespace {

using autoencoder::Grid;
using autoencoder::Halvings;

// u outside the band becomes 0; the decoder's map is brought to the transform's own size and cut to the band.
class ZeroedBand final : public BandNetwork {
 public:
  ZeroedBand(const Params& params, const BandContext& c, Precision precision)
      : transform_(c.transform),
        band_(c.band),
        length_(c.length),
        kept_(c.length),
        grid_(autoencoder::grid_for(c.length, c.options.n_fft, transform_.height(), transform_.frames(),
                                    params.integer_of("width", c.stream))),
        encoder_(options_of(params, c), grid_),
        decoder_(options_of(params, c), grid_, transform_.height(), transform_.frames()),
        compute_(precision == Precision::bf16 ? at::kBFloat16 : at::kFloat) {
    if (params.boolean("legacy_crop")) kept_ = transform_.whole_hops();
  }

  const Grid& grid() const override { return grid_; }

  at::Tensor encode(const at::Tensor& u, bool training) const override {
    const at::Tensor zeroed = at::zeros_like(u);
    zeroed.narrow(2, band_.first, band_.count).copy_(rows(u));
    return encoder_(zeroed, training, compute_);
  }

  Part decode(const at::Tensor& z, bool training, bool) const override {
    const at::Tensor u = rows(decoder_(z, training, compute_));
    const at::Tensor x = transform_.inverse(u, band_);
    if (kept_ == length_) return {x, u};
    const at::Tensor repeated = x.narrow(2, kept_ - 1, 1).expand({-1, -1, length_ - kept_});
    return {at::cat({x.narrow(2, 0, kept_), repeated}, 2), u};
  }

  at::Tensor target(const at::Tensor& u) const override { return transform_.inverse(rows(u), band_); }
  std::int64_t kept() const override { return kept_; }

  void list(const std::string& name, nn::State& out) const override {
    encoder_.list(name + ".encoder", out);
    decoder_.list(name + ".decoder", out);
  }
  void to(c10::Device) override {}

 private:
  static autoencoder::NetworkOptions options_of(const Params& params, const BandContext& c) {
    return {.channels = 2 * c.channels,
            .hidden = params.integer_of("hidden", c.stream),
            .encoder_blocks = params.integer_of("encoder_blocks", c.stream),
            .decoder_blocks = params.integer_of("decoder_blocks", c.stream),
            .dropout = params.real_of("dropout", c.stream)};
  }
  at::Tensor rows(const at::Tensor& u) const { return u.narrow(2, band_.first, band_.count); }

  const stft::Stft& transform_;
  stft::Band band_;
  std::int64_t length_, kept_;
  Grid grid_;
  autoencoder::Encoder encoder_;
  autoencoder::Decoder decoder_;
  at::ScalarType compute_;
};

// The networks see the band's rows only; the decoder gives more frames than the transform had, the inverse transform as
// many samples, and a linear resize brings the series to its length. Always in float32: maps this small gain nothing
// from bfloat16.
class DroppedBand final : public BandNetwork {
 public:
  DroppedBand(const Params& params, const BandContext& c)
      : transform_(c.transform),
        band_(c.band),
        length_(c.length),
        cropped_(params.boolean("legacy_crop")),
        grid_(autoencoder::grid_for(c.length, c.options.n_fft, c.band.count, transform_.frames(),
                                    params.integer_of("width", c.stream), Halvings::rounded)),
        encoder_(options_of(params, c), grid_),
        decoder_(options_of(params, c), grid_),
        inverse_(c.options, samples_of(grid_.width << (grid_.down + 1), c.options)) {}

  const Grid& grid() const override { return grid_; }
  at::Tensor encode(const at::Tensor& u, bool training) const override { return encoder_(rows(u), training); }

  Part decode(const at::Tensor& z, bool training, bool with_transform) const override {
    const at::Tensor x = resized(inverse_.inverse(decoder_(z, training), band_));
    return {x, with_transform ? rows(transform_.forward(x)) : at::Tensor()};
  }

  at::Tensor target(const at::Tensor& u) const override {
    const at::Tensor x = transform_.inverse(rows(u), band_);
    return cropped_ ? resized(x.narrow(2, 0, transform_.whole_hops())) : x;
  }
  std::int64_t kept() const override { return length_; }

  void list(const std::string& name, nn::State& out) const override {
    encoder_.list(name + ".encoder", out);
    decoder_.list(name + ".decoder", out);
  }
  void to(c10::Device device) override { inverse_.to(device); }

 private:
  static autoencoder::SeparableOptions options_of(const Params& params, const BandContext& c) {
    return {.channels = 2 * c.channels,
            .first = params.integer_of("init_dim", c.stream),
            .hidden = params.integer_of("hidden", c.stream),
            .encoder_blocks = params.integer_of("encoder_blocks", c.stream),
            .decoder_blocks = params.integer_of("decoder_blocks", c.stream),
            .dropout = params.real_of("dropout", c.stream)};
  }
  // The shortest series with that many frames.
  static std::int64_t samples_of(std::int64_t frames, const stft::StftOptions& o) {
    return (frames - 1) * o.hop + o.n_fft % 2;
  }
  at::Tensor rows(const at::Tensor& u) const { return u.narrow(2, band_.first, band_.count); }
  at::Tensor resized(const at::Tensor& x) const {
    return x.size(2) == length_ ? x : at::upsample_linear1d(x, {length_}, /*align_corners=*/false);
  }

  const stft::Stft& transform_;
  stft::Band band_;
  std::int64_t length_;
  bool cropped_;
  Grid grid_;
  autoencoder::SeparableEncoder encoder_;
  autoencoder::SeparableDecoder decoder_;
  stft::Stft inverse_;  // of the decoder's frames
};

}  // namespace

std::unique_ptr<BandNetwork> make_band_network(const Params& params, const BandContext& context, Precision precision) {
  if (params.text("network") == "thesis") return std::make_unique<ZeroedBand>(params, context, precision);
  return std::make_unique<DroppedBand>(params, context);
}

}  // namespace autodidact::timevqvae
