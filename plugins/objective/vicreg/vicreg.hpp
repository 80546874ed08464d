// VICReg: two views' embeddings are drawn together, kept from collapsing, and their features decorrelated.
#pragma once

#include <ATen/ATen.h>

#include "autodidact/plugin/params.hpp"
#include "common/ssl/projected_objective.hpp"
#include "vicreg_loss.hpp"

namespace autodidact::vicreg {

class VicReg final : public ssl::ProjectedObjective {
 public:
  VicReg(const Params& params, const Context& context)
      : ProjectedObjective(params.integer("width"), context),
        options_{.similarity = params.real("similarity"),
                 .variance = params.real("variance"),
                 .covariance = params.real("covariance"),
                 .halve_variance = params.boolean("halve_variance")} {}

 protected:
  Scalars terms(const at::Tensor& a, const at::Tensor& b) override {
    const Terms terms = vicreg_terms(a, b, options_);
    return {{"similarity", options_.similarity * terms.similarity},
            {"variance", options_.variance * terms.variance},
            {"covariance", options_.covariance * terms.covariance}};
  }

 private:
  const Options options_;
};

}  // namespace autodidact::vicreg
