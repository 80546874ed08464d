#include "common/transformer/categorical.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cstdint>

namespace autodidact::transformer {
namespace {

std::int64_t draw_one(const float* p, std::int64_t K, double u) {
  double cumulative = 0.0;
  std::int64_t possible = 0;  // where rounding leaves the sum below u: the last code that can occur
  for (std::int64_t k = 0; k < K; ++k) {
    if (p[k] <= 0.0f) continue;
    possible = k;
    cumulative += p[k];
    if (cumulative > u) break;
  }
  return possible;
}

}  // namespace

Draw draw_categorical(const at::Tensor& probabilities, const at::Tensor& uniform) {
  const at::Tensor p = probabilities.contiguous(), u = uniform.contiguous();
  const std::int64_t R = p.size(0), K = p.size(1);
  Draw out{at::empty({R}, p.options().dtype(at::kLong)), at::empty({R}, p.options())};
  const float* rows = p.const_data_ptr<float>();
  const float* numbers = u.const_data_ptr<float>();
  auto* index = out.index.data_ptr<std::int64_t>();
  auto* probability = out.probability.data_ptr<float>();
  at::parallel_for(0, R, 1024, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      index[r] = draw_one(rows + r * K, K, numbers[r]);
      probability[r] = rows[r * K + index[r]];
    }
  });
  return out;
}

}  // namespace autodidact::transformer
