#include "fsq.hpp"

#include <ATen/ATen.h>

#include "common/autoencoder/maps.hpp"

namespace autodidact::fsq {

Fsq::Fsq(const Params& params, const Context& context)
    : branch_("fsq", params, context),
      scalar_(params.integers("levels")),
      in_(params.integer("hidden"), scalar_.dimension()),
      out_(scalar_.dimension(), params.integer("hidden")) {
  branch_.list(state_);
  in_.list("in", state_);
  out_.list("out", state_);
}

// z is what the decoder sees where nothing is rounded, so that z and z_q lie in one space.
View Fsq::forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo&) {
  const autoencoder::SingleBranch::Encoded encoded = branch_.encode(x, training_);
  const at::Tensor v = inward(encoded.z);
  View view;
  view.z = {outward(scalar_.open(v))};  // (B, D, H', W')
  at::Tensor latent = view.z[0];
  if (options.path == Path::quantised) {
    const at::Tensor code = scalar_.quantise(v);
    view.z_q = {latent = outward(code)};
    autoencoder::add_usage("", vq::usage(scalar_.index_of(code.detach()), scalar_.codes()), view);
  }
  branch_.reconstruct(latent, encoded, x, training_, view);
  return view;
}

Latents Fsq::latents(const at::Tensor& x) {
  const at::NoGradGuard no_grad;
  const at::Tensor v = inward(branch_.encode(x, /*training=*/false).z);
  return {{outward(scalar_.open(v))}, {outward(scalar_.quantise(v))}};
}

at::Tensor Fsq::encode(const at::Tensor& x, double) {
  const at::NoGradGuard no_grad;
  const at::Tensor v = inward(branch_.encode(x, /*training=*/false).z);
  return scalar_.index_of(scalar_.quantise(v)).view({x.size(0), -1});
}

at::Tensor Fsq::decode(const at::Tensor& tokens) {
  autoencoder::check_tokens("fsq", tokens, layout());
  const at::NoGradGuard no_grad;
  return branch_.decode(outward(scalar_.code_of(tokens.flatten())));
}

at::Tensor Fsq::inward(const at::Tensor& z) const { return in_(autoencoder::rows_of(z)); }
at::Tensor Fsq::outward(const at::Tensor& c) const {
  return autoencoder::map_of(out_(c), branch_.grid().height, branch_.grid().width);
}

void Fsq::to(c10::Device device) {
  nn::move(state_, device);
  branch_.to(device);
  scalar_.to(device);
}

}  // namespace autodidact::fsq
