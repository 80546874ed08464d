// Barlow Twins: the cross-correlation of two views' embeddings is drawn to the identity.
#pragma once

#include "autodidact/plugin/params.hpp"
#include "barlow_twins_loss.hpp"
#include "common/ssl/projected_objective.hpp"

namespace autodidact::barlow_twins {

class BarlowTwins final : public ssl::ProjectedObjective {
 public:
  BarlowTwins(const Params& params, const Context& context)
      : ProjectedObjective(params.integer("width"), context),
        options_{.lambda = params.real("lambda"),
                 .unbiased = params.text("std") == "unbiased",
                 .eps = params.real("eps"),
                 .mean_over_features = params.boolean("mean_over_features")} {}

 protected:
  Scalars terms(const at::Tensor& a, const at::Tensor& b) override {
    const Terms terms = barlow_twins_loss(a, b, options_);
    return {{"invariance", terms.invariance}, {"redundancy", terms.redundancy}};
  }

 private:
  const Options options_;
};

}  // namespace autodidact::barlow_twins
