#include "common/ssl/projected_objective.hpp"

#include <ATen/ATen.h>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/embedding_statistics.hpp"

namespace autodidact::ssl {
namespace {

std::int64_t checked(std::int64_t pooled) {
  if (pooled < 1)
    throw ConfigError("the objective needs the width of the pooled latents; found " + std::to_string(pooled) +
                      ", expected at least 1");
  return pooled;
}

}  // namespace

ProjectedObjective::ProjectedObjective(std::int64_t width, const Context& context)
    : projector_(checked(context.pooled), width, context.host ? context.host->precision() : Precision::fp32) {
  projector_.list("projector", state_);
}

Loss ProjectedObjective::loss(const ObjectiveInput& input) {
  const std::int64_t batch = input.a.pooled.size(0);
  if (batch < 2)
    throw DataError("the objective compares statistics over the batch; found a batch of " + std::to_string(batch) +
                    " series, expected at least 2");
  const auto [a, b] = projector_(input.a.pooled, input.b.pooled);
  Loss loss;
  loss.terms = terms(a, b);
  for (const auto& [name, value] : loss.terms) loss.total = loss.total.defined() ? loss.total + value : value;
  // Raw embeddings, before any whitening. Once an epoch is enough to see a collapse, and costs nothing then.
  if (input.info.step_in_epoch == 0) loss.logs = embedding_statistics(a, b);
  return loss;
}

}  // namespace autodidact::ssl
