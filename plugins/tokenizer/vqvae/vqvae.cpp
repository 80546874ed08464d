#include "vqvae.hpp"

#include <ATen/ATen.h>

#include "common/autoencoder/maps.hpp"

namespace autodidact::vqvae {
namespace {

using autoencoder::rows_of;

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

}  // namespace

VqVae::VqVae(const Params& params, const Context& context)
    : host_(context.host),
      branch_("vqvae", params, context),
      quantiser_(codebook_options(params), params.integer("hidden"), /*projected=*/false),
      beta_(params.real("beta")) {
  branch_.list(state_);
  quantiser_.list("codebook", state_);
}

View VqVae::forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo&) {
  const autoencoder::SingleBranch::Encoded encoded = branch_.encode(x, training_);
  View view;
  view.z = {encoded.z};  // (B, D, H', W')
  at::Tensor latent = encoded.z;
  if (options.path == Path::quantised) {
    latent = quantised(encoded.z, training_ && options.update_state, view);
    view.z_q = {latent};
  }
  branch_.reconstruct(latent, encoded, x, training_, view);
  return view;
}

at::Tensor VqVae::quantised(const at::Tensor& z, bool update, View& view) {
  const vq::Quantiser::Pass pass =
      quantiser_(rows_of(z), update, vq::Codebook::once([this] { return codebook_generator(); }));
  autoencoder::add_usage("", pass.usage, view);
  autoencoder::add_weighted("commitment", beta_, pass.commitment, view);
  return map(pass.z_q);
}

Latents VqVae::latents(const at::Tensor& x) {
  const at::NoGradGuard no_grad;
  const at::Tensor z = branch_.encode(x, /*training=*/false).z;
  return {{z}, {map(quantiser_.look_up(quantiser_.assign(rows_of(z))))}};
}

at::Tensor VqVae::encode(const at::Tensor& x, double tau) {
  const at::NoGradGuard no_grad;
  const at::Tensor rows = rows_of(branch_.encode(x, /*training=*/false).z);
  const at::Tensor index = tau > 0 ? quantiser_.draw(rows, tau, codebook_generator()) : quantiser_.assign(rows);
  return index.view({x.size(0), -1});
}

at::Tensor VqVae::decode(const at::Tensor& tokens) {
  autoencoder::check_tokens("vqvae", tokens, layout());
  const at::NoGradGuard no_grad;
  return branch_.decode(map(quantiser_.look_up(tokens.flatten())));
}

at::Tensor VqVae::map(const at::Tensor& rows) const {
  return autoencoder::map_of(rows, branch_.grid().height, branch_.grid().width);
}

void VqVae::to(c10::Device device) {
  nn::move(state_, device);
  branch_.to(device);
}

}  // namespace autodidact::vqvae
