#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace autodidact::vq {

// Index of the nearest centre by Euclidean distance, the first of equals. z (R, d), centres (K, d) -> (R) int64.
at::Tensor nearest(const at::Tensor& z, const at::Tensor& centres);

// Sums and counts of the rows assigned to each of K clusters.
struct Clusters {
  at::Tensor sums;    // (K, d) of the type of z
  at::Tensor counts;  // (K) of the type of z
};
Clusters gather(const at::Tensor& z, const at::Tensor& index, std::int64_t k);

struct KMeans {
  at::Tensor centroids;  // (K, d)
  at::Tensor counts;     // (K) rows nearest to each centre when the last iteration began
};
// Lloyd's algorithm from K random rows (drawn with replacement if there are fewer); an empty cluster keeps its centre.
KMeans kmeans(const at::Tensor& z, std::int64_t k, std::int64_t iterations, at::Generator generator);

}  // namespace autodidact::vq
