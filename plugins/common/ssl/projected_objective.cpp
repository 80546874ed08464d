#include "common/ssl/projected_objective.hpp"

#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/embedding_statistics.hpp"

namespace autodidact::ssl {

Mlp projector_for(const Context& context, std::vector<std::int64_t> widths, bool last_bias) {
  if (context.pooled < 1)
    throw ConfigError("the objective needs the width of the pooled latents; found " + std::to_string(context.pooled) +
                      ", expected at least 1");
  widths.insert(widths.begin(), context.pooled);
  return Mlp(widths, context.host ? context.host->precision() : Precision::fp32, last_bias);
}

void check_batch(const ObjectiveInput& input) {
  const std::int64_t batch = input.a.pooled.size(0);
  if (batch < 2)
    throw DataError("the objective compares statistics over the batch; found a batch of " + std::to_string(batch) +
                    " series, expected at least 2");
}

Loss loss_of(Scalars terms) {
  Loss loss;
  loss.terms = std::move(terms);
  for (const auto& [name, value] : loss.terms) loss.total = loss.total.defined() ? loss.total + value : value;
  return loss;
}

ProjectedObjective::ProjectedObjective(Mlp projector) : projector_(std::move(projector)) {
  projector_.list("projector", state_);
}

Loss ProjectedObjective::loss(const ObjectiveInput& input) {
  check_batch(input);
  const auto [a, b] = projector_(input.a.pooled, input.b.pooled);
  Loss loss = loss_of(terms(a, b));
  // Raw embeddings, before any whitening. Once an epoch is enough to see a collapse, and costs nothing then.
  if (input.info.step_in_epoch == 0) loss.logs = embedding_statistics(a, b);
  return loss;
}

}  // namespace autodidact::ssl
