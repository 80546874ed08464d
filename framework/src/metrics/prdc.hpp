// Precision, recall, density and coverage by k-nearest-neighbour balls (arXiv 1904.06991, 2002.09797).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "metrics/interval.hpp"

namespace autodidact {

struct Prdc {
  double precision = 0, recall = 0, density = 0, coverage = 0;
  at::Tensor real_radii,
      generated_radii;  // (N), (M): distance to the k-th neighbour in the own set, itself not counted
};
// real (N, D), generated (M, D), N and M > k. All comparisons strict; computed by blocks.
Prdc prdc(const at::Tensor& real, const at::Tensor& generated, std::int64_t k);
// Density, coverage, precision and recall on subsets, each with more than k rows a side; distances are made once.
std::vector<std::vector<double>> prdc_on_subsets(const at::Tensor& real, const at::Tensor& generated,
                                                 const std::vector<Subset>& subsets, std::int64_t k);

}  // namespace autodidact
