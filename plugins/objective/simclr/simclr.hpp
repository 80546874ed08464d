// SimCLR: a view picks its partner out of all other views of the batch.
//
// Projector g: one hidden layer with batch normalisation, and an output of its own width (the paper's section 2.1).
#pragma once

#include "autodidact/plugin/params.hpp"
#include "common/ssl/projected_objective.hpp"
#include "nt_xent.hpp"

namespace autodidact::simclr {

class SimClr final : public ssl::ProjectedObjective {
 public:
  // differs: the paper's g has no batch normalisation; the authors' code has it behind both layers, this behind the
  // hidden one.
  SimClr(const Params& params, const Context& context)
      : ProjectedObjective(ssl::projector_for(context, {params.integer("width"), params.integer("embedding")})),
        temperature_(params.real("temperature")) {}

 protected:
  Scalars terms(const at::Tensor& a, const at::Tensor& b) override {
    return {{"nt_xent", nt_xent(a, b, temperature_)}};
  }

 private:
  const double temperature_;
};

}  // namespace autodidact::simclr
