#include "common/vq/kmeans.hpp"

#include <ATen/ATen.h>

#include <vector>

namespace autodidact::vq {
namespace {

// Rows are added in order and in double: the result does not depend on threads, and no digit is lost over many rows.
template <class T>
void add_up(const T* z, const std::int64_t* index, std::int64_t rows, std::int64_t width, double* sums, T* counts) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const T* from = z + row * width;
    double* to = sums + index[row] * width;
    for (std::int64_t j = 0; j < width; ++j) to[j] += static_cast<double>(from[j]);
    counts[index[row]] += T(1);
  }
}

}  // namespace

at::Tensor nearest(const at::Tensor& z, const at::Tensor& centres) {
  // |z - e|^2 without |z|^2, which is the same for all centres.
  const at::Tensor squares = centres.square().sum(1);
  return at::addmm(squares, z, centres.t(), /*beta=*/1, /*alpha=*/-2).argmin(1);
}

Clusters gather(const at::Tensor& z, const at::Tensor& index, std::int64_t k) {
  const at::Tensor rows = z.cpu().contiguous(), at_ = index.cpu().contiguous();
  at::Tensor sums = at::zeros({k, z.size(1)}, at::kDouble);
  at::Tensor counts = at::zeros({k}, rows.options());
  AT_DISPATCH_FLOATING_TYPES(rows.scalar_type(), "gather", [&] {
    add_up(rows.const_data_ptr<scalar_t>(), at_.const_data_ptr<std::int64_t>(), rows.size(0), rows.size(1),
           sums.data_ptr<double>(), counts.data_ptr<scalar_t>());
  });
  return {sums.to(z.options()), counts.to(z.device())};
}

KMeans kmeans(const at::Tensor& z, std::int64_t k, std::int64_t iterations, at::Generator generator) {
  const std::int64_t rows = z.size(0);
  const auto whole = at::TensorOptions().dtype(at::kLong);
  const at::Tensor first =
      rows >= k ? at::randperm(rows, generator, whole).narrow(0, 0, k) : at::randint(rows, {k}, generator, whole);
  KMeans out{z.index_select(0, first.to(z.device())), at::zeros({k}, z.options())};
  for (std::int64_t i = 0; i < iterations; ++i) {
    const Clusters clusters = gather(z, nearest(z, out.centroids), k);
    const at::Tensor empty = (clusters.counts == 0).unsqueeze(1);
    out.centroids = at::where(empty, out.centroids, clusters.sums / clusters.counts.clamp_min(1).unsqueeze(1));
    out.counts = clusters.counts;
  }
  return out;
}

}  // namespace autodidact::vq
