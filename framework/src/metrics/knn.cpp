#include <ATen/ATen.h>

#include <algorithm>

#include "metrics/distance.hpp"
#include "metrics/probe.hpp"

namespace autodidact {

ScaledFeatures scale_features(const at::Tensor& train, const at::Tensor& test) {
  const at::Tensor a = train.to(at::kDouble), b = test.to(at::kDouble);
  const at::Tensor low = a.amin(0), range = a.amax(0) - low;
  const at::Tensor constant = range.eq(0);
  const at::Tensor scale = at::where(constant, 1.0, 2.0 / range);
  const auto scaled = [&](const at::Tensor& x) {
    return at::where(constant, -1.0, (x - low) * scale - 1.0).contiguous();
  };
  return {scaled(a), scaled(b)};
}

at::Tensor knn_predict(const at::Tensor& train, const at::Tensor& labels, const at::Tensor& test,
                       std::int64_t n_classes, std::int64_t k) {
  const std::int64_t n = test.size(0);
  k = std::min(k, train.size(0));
  const Targets targets(train);
  const at::Tensor predicted = at::empty({n}, at::kLong);
  const std::int64_t block = targets.block();
  std::vector<std::int64_t> nearest(static_cast<std::size_t>(targets.size()));
  std::vector<std::int64_t> votes(static_cast<std::size_t>(n_classes));
  const at::Tensor label_copy = labels.to(at::kLong).contiguous();
  const auto* label = label_copy.const_data_ptr<std::int64_t>();
  auto* out = predicted.data_ptr<std::int64_t>();
  for (std::int64_t first = 0; first < n; first += block) {
    const std::int64_t rows = std::min(block, n - first);
    const at::Tensor distances = targets.squared_distances(test.narrow(0, first, rows)).contiguous();
    for (std::int64_t i = 0; i < rows; ++i) {
      const double* d = distances.const_data_ptr<double>() + i * targets.size();
      for (std::size_t j = 0; j < nearest.size(); ++j) nearest[j] = static_cast<std::int64_t>(j);
      const auto nearer = [d](std::int64_t a, std::int64_t b) { return d[a] < d[b] || (d[a] == d[b] && a < b); };
      std::nth_element(nearest.begin(), nearest.begin() + (k - 1), nearest.end(), nearer);
      std::fill(votes.begin(), votes.end(), 0);
      for (std::int64_t j = 0; j < k; ++j)
        ++votes[static_cast<std::size_t>(label[nearest[static_cast<std::size_t>(j)]])];
      out[first + i] = std::max_element(votes.begin(), votes.end()) - votes.begin();  // the first maximum
    }
  }
  return predicted;
}

double accuracy(const at::Tensor& predicted, const at::Tensor& labels) {
  return predicted.eq(labels).to(at::kDouble).mean().item<double>();
}

double balanced_accuracy(const at::Tensor& predicted, const at::Tensor& labels, std::int64_t n_classes) {
  const at::Tensor hits = at::bincount(labels, predicted.eq(labels).to(at::kDouble), n_classes);
  const at::Tensor counts = at::bincount(labels, {}, n_classes).to(at::kDouble);
  const at::Tensor present = counts.gt(0);
  return (hits.masked_select(present) / counts.masked_select(present)).mean().item<double>();
}

}  // namespace autodidact
