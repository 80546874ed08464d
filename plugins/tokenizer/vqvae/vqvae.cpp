#include "vqvae.hpp"

#include <ATen/ATen.h>

#include "common/vq/quantise.hpp"

namespace autodidact::vqvae {
namespace {

NetworkOptions network_options(const Params& params, std::int64_t channels) {
  return {.channels = 2 * channels,
          .hidden = params.integer("hidden"),
          .encoder_blocks = params.integer("encoder_blocks"),
          .decoder_blocks = params.integer("decoder_blocks"),
          .dropout = params.real("dropout")};
}

vq::CodebookOptions codebook_options(const Params& params) {
  return {.codes = params.integer("K"),
          .dimension = params.integer("hidden"),
          .decay = params.real("decay"),
          .eps = params.real("eps"),
          .kmeans = params.boolean("kmeans"),
          .kmeans_iterations = params.integer("kmeans_iterations"),
          .revival_threshold = params.real("revival_threshold"),
          .legacy = params.boolean("legacy_ema")};
}

// (B, D, H', W') <-> one row per position, in the order of tokens: a view of channels-last memory.
at::Tensor rows_of(const at::Tensor& z) { return z.permute({0, 2, 3, 1}).reshape({-1, z.size(1)}); }
at::Tensor map_of(const at::Tensor& rows, const Grid& grid) {
  return rows.view({-1, grid.height, grid.width, rows.size(-1)}).permute({0, 3, 1, 2});
}

std::string shape_text(const at::Tensor& t) {
  std::string text = "(";
  for (std::int64_t i = 0; i < t.dim(); ++i) text += (i ? ", " : "") + std::to_string(t.size(i));
  return text + ")";
}

}  // namespace

VqVae::VqVae(const Params& params, const Context& context)
    : channels_(context.channels),
      length_(context.length),
      kept_(context.length),
      host_(context.host),
      stft_({.n_fft = params.integer("n_fft"), .hop = params.integer("hop")}, context.length),
      grid_(grid_for(context.length, params.integer("n_fft"), stft_.height(), stft_.frames(), params.integer("width"))),
      hidden_(params.integer("hidden")),
      encoder_(network_options(params, channels_), grid_),
      decoder_(network_options(params, channels_), grid_, stft_.height(), stft_.frames()),
      codebook_(codebook_options(params)),
      time_{params.real("time_weight"), params.text("time_norm") == "absolute"},
      spectrum_{params.real("stft_weight"), params.text("stft_norm") == "absolute"},
      beta_(params.real("beta")),
      compute_(context.host->precision() == Precision::bf16 ? at::kBFloat16 : at::kFloat) {
  if (params.boolean("legacy_crop")) kept_ = stft_.whole_hops();
  encoder_.list("encoder", state_);
  decoder_.list("decoder", state_);
  codebook_.list("codebook", state_);
}

View VqVae::forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo&) {
  check_series(x);
  const at::Tensor u = stft_.forward(x);                  // (B, 2C, H, W)
  const at::Tensor z = encoder_(u, training_, compute_);  // (B, D, H', W')
  View view;
  view.z = {z};
  at::Tensor latent = z;
  if (options.path == Path::quantised) {
    latent = quantised(z, training_ && options.update_state, view);
    view.z_q = {latent};
  }
  const at::Tensor u_hat = decoder_(latent, training_, compute_);  // (B, 2C, H, W)
  view.x_hat = series_of(u_hat);                                   // (B, C, L)
  add_term("recon_time", time_, view.x_hat.narrow(2, 0, kept_), x.narrow(2, 0, kept_), view);
  add_term("recon_stft", spectrum_, u_hat, u, view);
  for (const auto& [name, value] : view.terms) view.total = view.total.defined() ? view.total + value : value;
  return view;
}

at::Tensor VqVae::quantised(const at::Tensor& z, bool update, View& view) {
  const at::Tensor rows = rows_of(z);  // (B N, D)
  const at::Tensor seen = rows.detach();
  const auto generator = [this] { return codebook_generator(); };
  if (update) codebook_.start(seen, generator);
  const at::Tensor index = codebook_.assign(seen);  // (B N)
  const vq::Quantised out = vq::quantise(rows, codebook_.codes(), index);
  if (update) codebook_.update(seen, index, generator);
  const vq::Usage usage = vq::usage(index, codebook_.options().codes);
  view.logs.emplace_back("perplexity", usage.perplexity.to(at::kFloat));
  view.logs.emplace_back("codes_used", usage.used.to(at::kFloat));
  if (beta_ != 0) view.terms.emplace_back("commitment", out.commitment * beta_);
  return map_of(out.z_q, grid_);
}

void VqVae::add_term(const std::string& name, const Term& term, const at::Tensor& a, const at::Tensor& b,
                     View& view) const {
  if (term.weight == 0) return;
  const at::Tensor error = term.absolute ? at::l1_loss(a, b) : at::mse_loss(a, b);
  view.terms.emplace_back(name, term.weight == 1 ? error : error * term.weight);
}

at::Tensor VqVae::series_of(const at::Tensor& u) const {
  const at::Tensor x = stft_.inverse(u);  // (B, C, L)
  if (kept_ == length_) return x;
  return at::cat({x.narrow(2, 0, kept_), x.narrow(2, kept_ - 1, 1).expand({-1, -1, length_ - kept_})}, 2);
}

at::Tensor VqVae::encoded(const at::Tensor& x) const {
  check_series(x);
  return encoder_(stft_.forward(x), /*training=*/false, compute_);
}

Latents VqVae::latents(const at::Tensor& x) {
  const at::NoGradGuard no_grad;
  const at::Tensor z = encoded(x);
  const at::Tensor z_q = map_of(codebook_.look_up(codebook_.assign(rows_of(z))), grid_);
  return {{z}, {z_q}};
}

at::Tensor VqVae::encode(const at::Tensor& x, double tau) {
  const at::NoGradGuard no_grad;
  const at::Tensor rows = rows_of(encoded(x));
  const at::Tensor index = tau > 0 ? codebook_.draw(rows, tau, codebook_generator()) : codebook_.assign(rows);
  return index.view({x.size(0), grid_.height * grid_.width});
}

at::Tensor VqVae::decode(const at::Tensor& tokens) {
  const std::int64_t count = grid_.height * grid_.width;
  if (tokens.dim() != 2 || tokens.size(1) != count || tokens.scalar_type() != at::kLong)
    throw DataError("vqvae: tokens of shape " + shape_text(tokens) + ", expected (B, " + std::to_string(count) +
                    ") int64");
  if (tokens.numel() > 0 &&
      (tokens.min().item<std::int64_t>() < 0 || tokens.max().item<std::int64_t>() >= codebook_.options().codes))
    throw DataError("vqvae: a token lies outside [0, " + std::to_string(codebook_.options().codes) + ")");
  const at::NoGradGuard no_grad;
  const at::Tensor z_q = map_of(codebook_.look_up(tokens), grid_);
  return series_of(decoder_(z_q, /*training=*/false, compute_));
}

Layout VqVae::layout() const {
  return {{.name = "tokens",
           .height = grid_.height,
           .width = grid_.width,
           .channels = hidden_,
           .vocabulary = codebook_.options().codes,
           .first = 0}};
}

void VqVae::to(c10::Device device) {
  nn::move(state_, device);
  stft_.to(device);
}

void VqVae::check_series(const at::Tensor& x) const {
  if (x.dim() != 3 || x.size(1) != channels_ || x.size(2) != length_ || x.scalar_type() != at::kFloat)
    throw DataError("vqvae: series of shape " + shape_text(x) + ", expected (B, " + std::to_string(channels_) + ", " +
                    std::to_string(length_) + ") float32");
}

at::Generator VqVae::codebook_generator() const { return host_->generator(Purpose::codebook); }

}  // namespace autodidact::vqvae
