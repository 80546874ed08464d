#include "byol_loss.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "common/ssl/cosine.hpp"

namespace autodidact::byol {

Terms byol_loss(const at::Tensor& q_a, const at::Tensor& q_b, const at::Tensor& target_a, const at::Tensor& target_b) {
  return {2.0 - 2.0 * ssl::mean_cosine(q_a, target_b.detach()), 2.0 - 2.0 * ssl::mean_cosine(q_b, target_a.detach())};
}

double target_momentum(double m0, std::int64_t step, std::int64_t total_steps) {
  const double done =
      std::min(1.0, static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, total_steps)));
  return 1.0 - (1.0 - m0) * (std::cos(M_PI * done) + 1.0) / 2.0;
}

}  // namespace autodidact::byol
