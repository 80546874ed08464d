#include "vibcreg_loss.hpp"

#include <ATen/ATen.h>

#include "common/ssl/variance_covariance.hpp"

namespace autodidact::vibcreg {
namespace {

at::Tensor variance_term(const at::Tensor& z) {
  const at::Tensor root = (z.var(at::IntArrayRef{0}, /*unbiased=*/true) + ssl::kVarianceEps).sqrt();
  return at::relu(1.0 - root).mean();  // subgradient 0 at the hinge
}

at::Tensor covariance_term(const at::Tensor& z) {
  const at::Tensor c = z - z.mean(0, /*keepdim=*/true);
  // The norm has subgradient 0 at 0, where the root of a sum of squares would have none.
  const at::Tensor unit =
      c / at::linalg_vector_norm(c, 2, at::IntArrayRef{0}, /*keepdim=*/true).clamp_min(ssl::kNormFloor);
  const at::Tensor correlation = at::mm(unit.t(), unit);  // (F, F)
  const double F = static_cast<double>(z.size(1));
  return (correlation.square().sum() - correlation.diagonal().square().sum()) / (F * F);
}

}  // namespace

Terms vibcreg_terms(const at::Tensor& a, const at::Tensor& b) {
  return ssl::gram_is_smaller(a) ? gram_form(a, b) : direct_form(a, b);
}

Terms direct_form(const at::Tensor& a, const at::Tensor& b) {
  return {(a - b).square().mean(), variance_term(a) + variance_term(b), covariance_term(a) + covariance_term(b)};
}

Terms gram_form(const at::Tensor& a, const at::Tensor& b) {
  const ssl::VarianceCovarianceTerms t = ssl::gram_terms(a, b, ssl::Decorrelation::correlation);
  return {t.similarity, t.variance, t.decorrelation};
}

at::Tensor vibcreg_loss(const Terms& terms, const Options& options) {
  return options.similarity * terms.similarity + options.variance * terms.variance +
         options.covariance * terms.covariance;
}

}  // namespace autodidact::vibcreg
