// SimSiam: each view's prediction is drawn to the other view's projection, which is held still.
//
// Projector f: two hidden layers and an output of one width, the output normalised over the batch without gain and
// shift; predictor h: one hidden layer, a bottleneck (the paper's section 3 and its code).
// differs: width 4096, as the other objectives here, not 2048; the predictor's learning rate falls with all others,
// where the paper keeps it constant.
#pragma once

#include "autodidact/plugin/params.hpp"
#include "common/ssl/projected_objective.hpp"

namespace autodidact::simsiam {

class SimSiam final : public ssl::ProjectedObjective {
 public:
  SimSiam(const Params& params, const Context& context);
  void train(bool on) override;

 protected:
  Scalars terms(const at::Tensor& a, const at::Tensor& b) override;

 private:
  SimSiam(std::int64_t width, std::int64_t bottleneck, const Context& context);

  nn::BatchNorm output_norm_;  // of the projections; no gain, no shift
  ssl::Mlp predictor_;
};

}  // namespace autodidact::simsiam
