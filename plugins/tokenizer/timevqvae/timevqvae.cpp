#include "timevqvae.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>

#include "common/autoencoder/maps.hpp"
#include "common/nn/unit_rows.hpp"

namespace autodidact::timevqvae {
namespace {

constexpr const char* kNames[] = {"lf", "hf"};
constexpr std::int64_t kStreams = 2;

stft::StftOptions stft_options(const Params& params) {
  return {.n_fft = params.integer("n_fft"),
          .hop = params.integer("hop"),
          .normalized = params.boolean("normalized"),
          .window = params.text("window") == "none" ? stft::Window::none : stft::Window::hann};
}

vq::CodebookOptions codebook_options(const Params& params, std::int64_t stream) {
  const std::int64_t dimension = params.integer_of("code_dimension", stream);
  return {.codes = params.integer_of("K", stream),
          .dimension = dimension > 0 ? dimension : params.integer_of("hidden", stream),
          .decay = params.real_of("decay", stream),
          .eps = params.real("eps"),
          .kmeans = params.boolean("kmeans"),
          .kmeans_iterations = params.integer("kmeans_iterations"),
          .revival_threshold = params.real_of("revival_threshold", stream),
          .legacy = params.boolean("legacy_ema")};
}

autoencoder::Term term(const Params& params, const std::string& what, std::int64_t stream) {
  return {params.real_of(what + "_weight", stream), params.text(what + "_norm_" + kNames[stream]) == "absolute"};
}

// A list for one value a stream has one value or two.
void check_lists(const Params& params) {
  for (const auto& [name, value] : params.values()) {
    std::size_t size = 1;
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) size = integers->size();
    if (const auto* reals = std::get_if<std::vector<double>>(&value)) size = reals->size();
    if (size < 1 || size > kStreams)
      throw ConfigError(name + " lists " + std::to_string(size) + " values; expected one, or two for lf and hf");
  }
}

}  // namespace

stft::Band band_of(std::int64_t stream, std::int64_t lf_bins, std::int64_t height) {
  if (lf_bins < 1 || lf_bins >= height)
    throw ConfigError("lf_bins = " + std::to_string(lf_bins) + " of " + std::to_string(height) +
                      " frequencies leaves a stream without any; expected 1 to " + std::to_string(height - 1));
  return stream == 0 ? stft::Band{0, lf_bins} : stft::Band{lf_bins, height - lf_bins};
}

TimeVqVae::TimeVqVae(const Params& params, const Context& context)
    : channels_(context.channels),
      length_(context.length),
      host_(context.host),
      options_(stft_options(params)),
      stft_(options_, context.length),
      unit_latents_(params.boolean("unit_latents")) {
  check_lists(params);
  std::int64_t first = 0;
  for (std::int64_t s = 0; s < kStreams; ++s) {
    streams_.push_back(make_part(params, context, s));
    const Part& part = streams_.back();
    const autoencoder::Grid& grid = part.network->grid();
    layout_.push_back({.name = kNames[s],
                       .height = grid.height,
                       .width = grid.width,
                       .channels = params.integer_of("hidden", s),
                       .vocabulary = part.quantiser.codebook().options().codes,
                       .first = first});
    first += layout_.back().count();
    part.network->list(kNames[s], state_);
    part.quantiser.list(std::string(kNames[s]) + ".codebook", state_);
  }
  const auto silent = [](const Part& part) { return part.recon.weight == 0 && part.spectrum.weight == 0; };
  if (std::all_of(streams_.begin(), streams_.end(), silent))
    throw ConfigError(
        "timevqvae: recon_weight and stft_weight are 0 for both streams: nothing would teach the decoders; "
        "give one of them a value above 0");
}

TimeVqVae::Part TimeVqVae::make_part(const Params& params, const Context& context, std::int64_t stream) const {
  const stft::Band band = band_of(stream, params.integer("lf_bins"), stft_.height());
  const BandContext where{stft_, options_, band, stream, channels_, length_};
  auto network = make_band_network(params, where, context.host->precision());
  return {.band = band,
          .network = std::move(network),
          .quantiser = vq::Quantiser(codebook_options(params, stream), params.integer_of("hidden", stream),
                                     params.integer_of("code_dimension", stream) > 0),
          .recon = term(params, "recon", stream),
          .spectrum = term(params, "stft", stream),
          .beta = params.real_of("beta", stream)};
}

View TimeVqVae::forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo&) {
  check(x);
  const at::Tensor u = stft_.forward(x);  // (B, 2C, H, W)
  const Randomness generator = randomness();
  View view;
  for (std::size_t s = 0; s < streams_.size(); ++s) {
    const at::Tensor part = run(s, u, options, generator, view);
    view.x_hat = view.x_hat.defined() ? view.x_hat + part : part;
  }
  autoencoder::add_up(view);
  return view;
}

at::Tensor TimeVqVae::run(std::size_t stream, const at::Tensor& u, const ForwardOptions& options,
                          const Randomness& generator, View& view) {
  Part& part = streams_[stream];
  const std::string suffix = std::string("_") + kNames[stream];
  const at::Tensor z = rows(part, u, training_);
  at::Tensor latent;  // (B, D, H', W')
  if (options.path == Path::quantised) {
    const vq::Quantiser::Pass pass = part.quantiser(z, training_ && options.update_state, generator);
    view.z.push_back(map(part, pass.open));
    view.z_q.push_back(latent = map(part, pass.z_q));
    autoencoder::add_usage(suffix, pass.usage, view);
    autoencoder::add_weighted("commitment" + suffix, part.beta, pass.commitment, view);
  } else {
    view.z.push_back(latent = map(part, part.quantiser.open(z)));
  }
  const BandNetwork::Part out = part.network->decode(latent, training_, part.spectrum.weight != 0);
  const std::int64_t kept = part.network->kept();
  if (part.recon.weight != 0)
    autoencoder::add_error("recon" + suffix, part.recon, out.x.narrow(2, 0, kept),
                           part.network->target(u).narrow(2, 0, kept), view);
  if (part.spectrum.weight != 0)  // a mean over all rows: those of the other stream are 0 in both
    autoencoder::add_error("stft" + suffix, part.spectrum, out.u, u.narrow(2, part.band.first, part.band.count), view,
                           static_cast<double>(part.band.count) / static_cast<double>(stft_.height()));
  return out.x;
}

at::Tensor TimeVqVae::rows(const Part& part, const at::Tensor& u, bool training) const {
  const at::Tensor rows = autoencoder::rows_of(part.network->encode(u, training));
  return unit_latents_ ? nn::unit_rows(rows) : rows;
}

at::Tensor TimeVqVae::map(const Part& part, const at::Tensor& rows) const {
  return autoencoder::map_of(rows, part.network->grid().height, part.network->grid().width);
}

Latents TimeVqVae::latents(const at::Tensor& x) {
  check(x);
  const at::NoGradGuard no_grad;
  const at::Tensor u = stft_.forward(x);
  Latents out;
  for (const Part& part : streams_) {
    const at::Tensor z = rows(part, u, /*training=*/false);
    out.z.push_back(map(part, part.quantiser.open(z)));
    out.z_q.push_back(map(part, part.quantiser.look_up(part.quantiser.assign(z))));
  }
  return out;
}

at::Tensor TimeVqVae::encode(const at::Tensor& x, double tau) {
  check(x);
  const at::NoGradGuard no_grad;
  const at::Tensor u = stft_.forward(x);
  const Randomness generator = randomness();
  std::vector<at::Tensor> tokens;
  for (const Part& part : streams_) {
    const at::Tensor z = rows(part, u, /*training=*/false);
    const at::Tensor index = tau > 0 ? part.quantiser.draw(z, tau, generator()) : part.quantiser.assign(z);
    tokens.push_back(index.view({x.size(0), -1}));
  }
  return at::cat(tokens, 1);
}

at::Tensor TimeVqVae::decode(const at::Tensor& tokens) {
  autoencoder::check_tokens("timevqvae", tokens, layout_);
  const at::NoGradGuard no_grad;
  at::Tensor x;
  for (std::size_t s = 0; s < streams_.size(); ++s) {
    const Part& part = streams_[s];
    const at::Tensor index = tokens.narrow(1, layout_[s].first, layout_[s].count()).flatten();
    const at::Tensor own =
        part.network->decode(map(part, part.quantiser.look_up(index)), /*training=*/false, /*with_transform=*/false).x;
    x = x.defined() ? x + own : own;
  }
  return x;
}

std::vector<std::optional<at::Tensor>> TimeVqVae::codebooks() const {
  std::vector<std::optional<at::Tensor>> books;
  for (const Part& part : streams_) books.emplace_back(part.quantiser.codebook().codes());
  return books;
}

at::Tensor TimeVqVae::target(std::size_t stream, const at::Tensor& x) const {
  return streams_[stream].network->target(stft_.forward(x));
}

void TimeVqVae::to(c10::Device device) {
  nn::move(state_, device);
  stft_.to(device);
  for (const Part& part : streams_) part.network->to(device);
}

void TimeVqVae::check(const at::Tensor& x) const { autoencoder::check_series("timevqvae", x, channels_, length_); }

TimeVqVae::Randomness TimeVqVae::randomness() const {
  return vq::Codebook::once([this] { return host_->generator(Purpose::codebook); });
}

}  // namespace autodidact::timevqvae
