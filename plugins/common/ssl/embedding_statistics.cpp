#include "common/ssl/embedding_statistics.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>

#include "common/ssl/cosine.hpp"

namespace autodidact::ssl {
namespace {

at::Tensor centred(const at::Tensor& z) { return z - z.mean(0, /*keepdim=*/true); }

at::Tensor evenly_spaced(const at::Tensor& z, std::int64_t dim, std::int64_t most) {
  if (z.size(dim) <= most) return z;
  return z.slice(dim, 0, z.size(dim) / most * most, z.size(dim) / most);  // a view
}

}  // namespace

at::Tensor mean_column_std(const at::Tensor& z) {
  return (centred(z).square_().sum(0) / static_cast<double>(z.size(0) - 1)).sqrt_().mean();
}

at::Tensor mean_abs_correlation(const at::Tensor& z, std::int64_t most) {
  const at::Tensor c = centred(evenly_spaced(z, 1, most));
  const std::int64_t width = c.size(1);
  if (width < 2) return at::zeros({}, z.options());
  const at::Tensor unit = c / at::linalg_vector_norm(c, 2, at::IntArrayRef{0}, /*keepdim=*/true).clamp_min_(1e-12);
  const at::Tensor correlation = at::mm(unit.t(), unit).abs_();
  return (correlation.sum() - correlation.diagonal().sum()) / static_cast<double>(width * (width - 1));
}

at::Tensor effective_rank(const at::Tensor& z, std::int64_t most) {
  const at::Tensor c = centred(evenly_spaced(z, 0, most)).to(at::kDouble);
  const at::Tensor gram = c.size(0) <= c.size(1) ? at::mm(c, c.t()) : at::mm(c.t(), c);
  const at::Tensor s = at::linalg_eigvalsh(gram).clamp_min_(0).sqrt_();
  const at::Tensor sum = s.sum();
  if (sum.item<double>() == 0) return at::zeros({}, z.options());
  const at::Tensor p = s / sum;
  return at::exp(-at::xlogy(p, p).sum()).to(z.scalar_type());
}

at::Tensor alignment(const at::Tensor& a, const at::Tensor& b) {
  return (unit_rows(a) - unit_rows(b)).square_().sum(1).mean();
}

Scalars embedding_statistics(const at::Tensor& a_with_graph, const at::Tensor& b_with_graph) {
  const at::NoGradGuard no_grad;
  const at::Tensor a = a_with_graph.detach(), b = b_with_graph.detach();
  if (!at::isfinite(a.sum() + b.sum()).item<bool>()) return {};
  return {{"std", 0.5 * (mean_column_std(a) + mean_column_std(b))},
          {"correlation", 0.5 * (mean_abs_correlation(a) + mean_abs_correlation(b))},
          {"effective_rank", 0.5 * (effective_rank(a) + effective_rank(b))},
          {"alignment", alignment(a, b)}};
}

}  // namespace autodidact::ssl
