// Rows on the unit sphere: what cosine losses compare.
#pragma once

#include <ATen/core/Tensor.h>

namespace autodidact::ssl {

inline constexpr double kLengthFloor = 1e-12;  // of a row, so that a row of zeros has direction zero

// z / |z| by rows. z: (B, F).
at::Tensor unit_rows(const at::Tensor& z);
// Mean over the rows of <p, z> / (|p| |z|), a scalar in [-1, 1]. p, z: (B, F).
at::Tensor mean_cosine(const at::Tensor& p, const at::Tensor& z);

}  // namespace autodidact::ssl
