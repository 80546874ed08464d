// Statistics of embeddings that tell whether an objective has collapsed (specification of the measures, section 10: SSL
// health).
#pragma once

#include <ATen/core/Tensor.h>

#include "autodidact/plugin/types.hpp"

namespace autodidact::ssl {

// z: (B, F). Mean over the columns of the standard deviation over the batch (divisor B - 1).
at::Tensor mean_column_std(const at::Tensor& z);
// Mean |correlation| of two different columns. Of more than `most` columns, that many evenly spaced ones are taken: the
// whole matrix would have F x F entries. A constant column correlates 0 with the others.
at::Tensor mean_abs_correlation(const at::Tensor& z, std::int64_t most = 256);
// exp(entropy of s / sum(s)), s the singular values of the column-centred z: 1 to min(B - 1, F); 0 if z is constant. Of
// more than `most` rows, that many evenly spaced ones are taken: eigenvalues of min(B, F) x min(B, F) entries cost too
// much where every position is a row.
at::Tensor effective_rank(const at::Tensor& z, std::int64_t most = 1024);
// Mean squared distance of a series' two embeddings after scaling each to unit length: 0 for equal directions, 4 at
// most.
at::Tensor alignment(const at::Tensor& a, const at::Tensor& b);

// The four as logs. Empty if a number in a or b is not finite: the loss says that then.
Scalars embedding_statistics(const at::Tensor& a, const at::Tensor& b);

}  // namespace autodidact::ssl
