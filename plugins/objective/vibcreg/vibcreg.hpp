// VIbCReg: VICReg on whitened embeddings, with correlations in place of covariances.
//
// differs: iterative normalisation is the last layer of the projector, so that all three terms see whitened embeddings,
// as in the authors' code; the paper's text names the similarity alone.
#pragma once

#include <ATen/ATen.h>

#include "autodidact/plugin/params.hpp"
#include "common/ssl/iter_norm.hpp"
#include "common/ssl/projected_objective.hpp"
#include "vibcreg_loss.hpp"

namespace autodidact::vibcreg {

class VibcReg final : public ssl::ProjectedObjective {
 public:
  VibcReg(const Params& params, const Context& context)
      : ProjectedObjective(params.integer("width"), context),
        options_{.similarity = params.real("similarity"),
                 .variance = params.real("variance"),
                 .covariance = params.real("covariance")} {
    if (!params.boolean("whiten")) return;
    iter_norm_.emplace(params.integer("width"), params.integer("groups"), params.integer("iterations"));
    iter_norm_->eps = params.real("eps");
    iter_norm_->momentum = params.real("momentum");
    iter_norm_->list("iter_norm", state_);
  }

 protected:
  Scalars terms(const at::Tensor& a, const at::Tensor& b) override {
    const Terms terms = iter_norm_ ? on_whitened(a, b) : vibcreg_terms(a, b);
    return {{"similarity", options_.similarity * terms.similarity},
            {"variance", options_.variance * terms.variance},
            {"covariance", options_.covariance * terms.covariance}};
  }

 private:
  Terms on_whitened(const at::Tensor& a, const at::Tensor& b) {
    const auto views = (*iter_norm_)(at::stack({a, b}), training()).unbind(0);
    return vibcreg_terms(views[0], views[1]);
  }

  const Options options_;
  std::optional<ssl::IterNorm> iter_norm_;
};

}  // namespace autodidact::vibcreg
