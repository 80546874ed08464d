#include "simsiam_loss.hpp"

#include <ATen/ATen.h>

#include "common/ssl/cosine.hpp"

namespace autodidact::simsiam {

Terms simsiam_loss(const at::Tensor& p_a, const at::Tensor& z_a, const at::Tensor& p_b, const at::Tensor& z_b) {
  return {-0.5 * ssl::mean_cosine(p_a, z_b.detach()), -0.5 * ssl::mean_cosine(p_b, z_a.detach())};
}

}  // namespace autodidact::simsiam
