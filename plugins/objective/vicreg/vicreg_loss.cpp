#include "vicreg_loss.hpp"

#include <ATen/ATen.h>

#include "common/ssl/variance_covariance.hpp"

namespace autodidact::vicreg {
namespace {

at::Tensor variance_term(const at::Tensor& z) {
  const at::Tensor root = (z.var(at::IntArrayRef{0}, /*unbiased=*/true) + ssl::kVarianceEps).sqrt();
  return at::relu(1.0 - root).mean();  // subgradient 0 at the hinge
}

at::Tensor covariance_term(const at::Tensor& z) {
  const at::Tensor c = z - z.mean(0, /*keepdim=*/true);
  const at::Tensor covariance = at::mm(c.t(), c) / static_cast<double>(z.size(0) - 1);  // (F, F)
  return (covariance.square().sum() - covariance.diagonal().square().sum()) / static_cast<double>(z.size(1));
}

}  // namespace

Terms vicreg_terms(const at::Tensor& a, const at::Tensor& b, const Options& options) {
  return ssl::gram_is_smaller(a) ? gram_form(a, b, options) : direct_form(a, b, options);
}

Terms direct_form(const at::Tensor& a, const at::Tensor& b, const Options& options) {
  const at::Tensor variance = variance_term(a) + variance_term(b);
  return {(a - b).square().mean(), options.halve_variance ? 0.5 * variance : variance,
          covariance_term(a) + covariance_term(b)};
}

Terms gram_form(const at::Tensor& a, const at::Tensor& b, const Options& options) {
  const ssl::VarianceCovarianceTerms t = ssl::gram_terms(a, b, ssl::Decorrelation::covariance);
  return {t.similarity, options.halve_variance ? 0.5 * t.variance : t.variance, t.decorrelation};
}

at::Tensor vicreg_loss(const Terms& terms, const Options& options) {
  return options.similarity * terms.similarity + options.variance * terms.variance +
         options.covariance * terms.covariance;
}

}  // namespace autodidact::vicreg
