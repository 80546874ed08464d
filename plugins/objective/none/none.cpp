#include "none.hpp"

#include <ATen/ATen.h>

namespace autodidact::none {

Loss None::loss(const ObjectiveInput& input) {
  Loss loss;
  loss.total = at::zeros({}, input.a.pooled.options().requires_grad(false));
  return loss;
}

}  // namespace autodidact::none
