#include "common/ssl/cosine.hpp"

#include <ATen/ATen.h>

namespace autodidact::ssl {

at::Tensor unit_rows(const at::Tensor& z) {
  // This norm has subgradient 0 at 0, where the root of a sum of squares would have none.
  return z / at::linalg_vector_norm(z, 2, at::IntArrayRef{1}, /*keepdim=*/true).clamp_min(kLengthFloor);
}

at::Tensor mean_cosine(const at::Tensor& p, const at::Tensor& z) {
  return (unit_rows(p) * unit_rows(z)).sum() / static_cast<double>(p.size(0));
}

}  // namespace autodidact::ssl
