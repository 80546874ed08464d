#include "simsiam.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "simsiam_loss.hpp"

namespace autodidact::simsiam {

SimSiam::SimSiam(const Params& params, const Context& context)
    : SimSiam(params.integer("width"), params.integer("bottleneck"), context) {}

// The last linear layer has no bias: the normalisation after it would take it away again.
SimSiam::SimSiam(std::int64_t width, std::int64_t bottleneck, const Context& context)
    : ProjectedObjective(ssl::projector_for(context, {width, width, width}, /*last_bias=*/false)),
      output_norm_(width),
      predictor_({width, std::max<std::int64_t>(1, width / bottleneck), width},
                 context.host ? context.host->precision() : Precision::fp32) {
  output_norm_.weight = output_norm_.bias = at::Tensor();
  state_.buffer("projector.norm3.running_mean", output_norm_.running_mean);
  state_.buffer("projector.norm3.running_var", output_norm_.running_var);
  predictor_.list("predictor", state_);
}

void SimSiam::train(bool on) {
  ProjectedObjective::train(on);
  predictor_.training = on;
}

Scalars SimSiam::terms(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor z_a = output_norm_(a, training()), z_b = output_norm_(b, training());  // (B, width)
  const auto [p_a, p_b] = predictor_(z_a, z_b);
  const Terms terms = simsiam_loss(p_a, z_a, p_b, z_b);
  return {{"a_to_b", terms.a_to_b}, {"b_to_a", terms.b_to_a}};
}

}  // namespace autodidact::simsiam
