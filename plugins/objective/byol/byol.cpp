#include "byol.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "autodidact/plugin/error.hpp"
#include "byol_loss.hpp"
#include "common/ssl/embedding_statistics.hpp"
#include "common/ssl/projected_objective.hpp"

namespace autodidact::byol {

Byol::Byol(const Params& params, const Context& context)
    : start_momentum_(params.real("momentum")),
      projector_(ssl::projector_for(context, {params.integer("width"), params.integer("embedding")})),
      predictor_({params.integer("embedding"), params.integer("width"), params.integer("embedding")},
                 projector_.precision),
      target_(projector_.copy_without_gradient()) {
  projector_.list("projector", state_);
  nn::State target;
  target_.list("target_projector", target);
  for (std::size_t i = 0; i < target.parameters.size(); ++i) {
    followed_.emplace_back(target.parameters[i].tensor, state_.parameters[i].tensor);
    state_.buffer(target.parameters[i].name, target.parameters[i].tensor);
  }
  for (const Buffer& statistic : target.buffers) state_.buffers.push_back(statistic);
  predictor_.list("predictor", state_);
}

void Byol::train(bool on) { projector_.training = predictor_.training = target_.training = on; }

double Byol::momentum(const StepInfo& info) { return target_momentum(start_momentum_, info.step, info.total_steps); }

void Byol::after_step(const StepInfo& info) {
  const at::NoGradGuard no_grad;
  const double m = momentum(info);
  for (auto& [target, online] : followed_) target.mul_(m).add_(online, 1.0 - m);
}

Loss Byol::loss(const ObjectiveInput& input) {
  ssl::check_batch(input);
  if (!input.target_a || !input.target_b)
    throw DataError("BYOL compares with a target network; found no target embeddings, expected target_a and target_b");
  const auto [z_a, z_b] = projector_(input.a.pooled, input.b.pooled);  // (B, embedding)
  const auto [q_a, q_b] = predictor_(z_a, z_b);
  std::pair<at::Tensor, at::Tensor> target;
  {
    const at::NoGradGuard no_grad;
    target = target_(input.target_a->pooled, input.target_b->pooled);
  }
  const Terms terms = byol_loss(q_a, q_b, target.first, target.second);
  Loss loss = ssl::loss_of({{"a_to_b", terms.a_to_b}, {"b_to_a", terms.b_to_a}});
  if (input.info.step_in_epoch == 0) loss.logs = ssl::embedding_statistics(z_a, z_b);
  return loss;
}

}  // namespace autodidact::byol
