// The views of a series agree, and over the batch every feature keeps its spread: VICReg without its covariance term.
//   A. Bardes, J. Ponce, Y. LeCun, VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning,
//   ICLR 2022, https://arxiv.org/abs/2105.04906, equations 1, 2 and 5.
//
//   loss = mean (a - b)^2 + mu (v(a) + v(b)),   v(z) = mean_j max(0, 1 - sqrt(Var(z_j) + 1e-4))
#include "agree_spread.hpp"

#include <ATen/ATen.h>

namespace autodidact::agree_spread {
namespace {

at::Tensor hinge(const at::Tensor& z) {  // (B, width) -> scalar
  const at::Tensor deviation = (z.var(0, /*unbiased=*/true) + 1e-4).sqrt();
  return (1 - deviation).relu().mean();
}

}  // namespace

Scalars terms(const at::Tensor& a, const at::Tensor& b, const Params& params) {
  // differs: the mean over the features, where equation 5 sums; the weight then does not depend on the width.
  return {{"distance", (a - b).square().mean()}, {"spread", params.real("mu") * (hinge(a) + hinge(b))}};
}

}  // namespace autodidact::agree_spread
