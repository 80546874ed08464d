// Precision, recall, density and coverage on many subsets of the same two sets: distances are made once.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/clones.hpp"
#include "metrics/distance.hpp"
#include "metrics/prdc.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kList =
    64;  // neighbours kept of a row: enough for k of them to be in a half, but for 1 in 10^12

// Per row of a set its nearest rows of the same set, nearest first, itself not among them.
struct Neighbours {
  at::Tensor distance, index;  // (N, at most kList), squared
};

Neighbours neighbours_of(const at::Tensor& rows) {
  const std::int64_t n = rows.size(0), count = std::min(kList, n - 1);
  const Targets targets(rows);
  Neighbours found{at::empty({n, count}, at::kDouble), at::empty({n, count}, at::kLong)};
  for (std::int64_t first = 0; first < n; first += targets.block()) {
    const std::int64_t size = std::min(targets.block(), n - first);
    const at::Tensor d = targets.squared_distances(rows.narrow(0, first, size));
    const at::Tensor own = at::arange(first, first + size, at::kLong).unsqueeze(1);
    d.scatter_(1, own, INFINITY);
    const auto [nearest, index] = d.topk(count, 1, /*largest=*/false, /*sorted=*/true);
    found.distance.narrow(0, first, size).copy_(nearest);
    found.index.narrow(0, first, size).copy_(index);
  }
  return found;
}

// (draws, N): squared distance to the k-th neighbour within each subset, -1 for rows that are not in it.
at::Tensor radii_in(const Neighbours& lists, const std::vector<at::Tensor>& subsets, std::int64_t k) {
  const std::int64_t n = lists.distance.size(0), count = lists.distance.size(1);
  const at::Tensor radii = at::full({static_cast<std::int64_t>(subsets.size()), n}, -1.0, at::kDouble);
  const double* distance = lists.distance.const_data_ptr<double>();
  const std::int64_t* index = lists.index.const_data_ptr<std::int64_t>();
  at::parallel_for(0, static_cast<std::int64_t>(subsets.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<char> member(static_cast<std::size_t>(n));
    for (std::int64_t s = begin; s < end; ++s) {
      const at::Tensor& rows = subsets[static_cast<std::size_t>(s)];
      std::fill(member.begin(), member.end(), char{0});
      const std::int64_t* row = rows.const_data_ptr<std::int64_t>();
      for (std::int64_t i = 0; i < rows.numel(); ++i) member[static_cast<std::size_t>(row[i])] = 1;
      double* radius = radii.data_ptr<double>() + s * n;
      for (std::int64_t i = 0; i < rows.numel(); ++i) {
        std::int64_t seen = 0, at = row[i] * count;
        const std::int64_t last = at + count - 1;
        for (; at < last; ++at)
          if (member[static_cast<std::size_t>(index[at])] && ++seen == k) break;
        radius[row[i]] = distance[at];
      }
    }
  });
  return radii;
}

struct RowCount {
  double balls = 0, recalled = 0;
};
// One real row with its radius against all samples; of samples outside the subset the radius is -1.
AUTODIDACT_CLONES RowCount count_row(const double* d, double radius, const double* sample_radius, std::int64_t n,
                                     double* __restrict hit) {
  double balls = 0, recalled = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    const double inside = d[j] < radius && sample_radius[j] >= 0 ? 1.0 : 0.0;
    balls += inside;
    hit[j] = std::max(hit[j], inside);
    recalled += d[j] < sample_radius[j] ? 1.0 : 0.0;
  }
  return {balls, recalled};
}

}  // namespace

std::vector<std::vector<double>> prdc_on_subsets(const at::Tensor& real, const at::Tensor& generated,
                                                 const std::vector<Subset>& subsets, std::int64_t k) {
  const std::int64_t n = real.size(0), m = generated.size(0), draws = static_cast<std::int64_t>(subsets.size());
  std::vector<at::Tensor> real_rows, generated_rows;
  for (const Subset& subset : subsets) {
    real_rows.push_back(subset.real);
    generated_rows.push_back(subset.generated);
  }
  const at::Tensor radii = radii_in(neighbours_of(real), real_rows, k);
  const at::Tensor sample_radii = radii_in(neighbours_of(generated), generated_rows, k);
  const at::Tensor hits = at::zeros({draws, m}, at::kDouble);
  std::vector<std::vector<double>> sums(subsets.size(), std::vector<double>(3, 0.0));  // balls, covered, recalled
  const Targets targets(generated);
  for (std::int64_t first = 0; first < n; first += targets.block()) {
    const std::int64_t size = std::min(targets.block(), n - first);
    const at::Tensor d = targets.squared_distances(real.narrow(0, first, size)).contiguous();
    at::parallel_for(0, draws, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t s = begin; s < end; ++s)
        for (std::int64_t i = 0; i < size; ++i) {
          const double radius = radii.const_data_ptr<double>()[s * n + first + i];
          if (radius < 0) continue;
          const RowCount row =
              count_row(d.const_data_ptr<double>() + i * m, radius, sample_radii.const_data_ptr<double>() + s * m, m,
                        hits.data_ptr<double>() + s * m);
          std::vector<double>& sum = sums[static_cast<std::size_t>(s)];
          sum[0] += row.balls;
          sum[1] += row.balls > 0;
          sum[2] += row.recalled > 0;
        }
    });
  }
  std::vector<std::vector<double>> values;
  for (std::size_t s = 0; s < subsets.size(); ++s) {
    const auto few_real = static_cast<double>(real_rows[s].numel()),
               few = static_cast<double>(generated_rows[s].numel());
    const double precision = hits[static_cast<std::int64_t>(s)].sum().item<double>() / few;
    values.push_back(
        {sums[s][0] / (few * static_cast<double>(k)), sums[s][1] / few_real, precision, sums[s][2] / few_real});
  }
  return values;
}

}  // namespace autodidact
