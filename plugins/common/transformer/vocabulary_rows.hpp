// The row loops of vocabulary.cpp, over plain memory.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "common/nn/clones.hpp"
#include "common/transformer/exponential.hpp"
#include "common/transformer/small_products.hpp"

namespace autodidact::transformer {

inline constexpr std::int64_t kChunk = 64;  // codes whose probabilities are summed before the sums are added up
inline constexpr std::int64_t kSums = 16;   // independent partial results, so that a reduction can be vectorised

template <class T>
AUTODIDACT_NN_INLINE T largest_of(const T* x, std::int64_t K) {
  T lanes[kSums];
  for (std::int64_t i = 0; i < kSums; ++i) lanes[i] = x[0];
  std::int64_t k = 0;
  for (; k + kSums <= K; k += kSums)
    for (std::int64_t i = 0; i < kSums; ++i) lanes[i] = std::max(lanes[i], x[k + i]);
  for (; k < K; ++k) lanes[0] = std::max(lanes[0], x[k]);
  return *std::max_element(lanes, lanes + kSums);
}

// The sum of n numbers, at most a chunk.
template <class T>
AUTODIDACT_NN_INLINE T sum_of(const T* x, std::int64_t n) {
  T lanes[kSums] = {};
  std::int64_t k = 0;
  for (; k + kSums <= n; k += kSums)
    for (std::int64_t i = 0; i < kSums; ++i) lanes[i] += x[k + i];
  for (; k < n; ++k) lanes[0] += x[k];
  T sum = 0;
  for (const T lane : lanes) sum += lane;
  return sum;
}

struct DrawRows {
  const float *states, *weight, *bias, *uniform;  // (R, H), (tiles, H, 16), (K), (R)
  std::int64_t* index;
  float* probability;
  std::int64_t H, K;
};

// The code at which the cumulative sum of row (K), weights that need not sum to one, exceeds `share` of its total; the
// row's logits become the weights.
AUTODIDACT_NN_INLINE std::int64_t draw_row(float* row, std::int64_t K, float share, float& probability) {
  const float most = largest_of(row, K);
  for (std::int64_t k = 0; k < K; ++k) row[k] = exp_negative(row[k] - most);
  double total = 0.0;
  for (std::int64_t k = 0; k < K; k += kChunk) total += sum_of(row + k, std::min(kChunk, K - k));
  const double wanted = share * total;
  double before = 0.0;  // sum of the chunks before k
  std::int64_t k = 0;
  for (; k + kChunk < K; k += kChunk) {
    const double after = before + sum_of(row + k, kChunk);
    if (after > wanted) break;
    before = after;
  }
  // Where rounding leaves the sum short: the last code of the chunk that adds to it.
  std::int64_t chosen = k;
  for (const std::int64_t stop = std::min(k + kChunk, K); k < stop; ++k) {
    const double after = before + row[k];
    if (after > before) chosen = k;
    if (after > wanted) break;
    before = after;
  }
  probability = static_cast<float>(row[chosen] / total);
  return chosen;
}

// logits (rows of one block, whole tiles wide): scratch.
AUTODIDACT_NN_INLINE void draw_rows(const DrawRows& f, float* logits, std::int64_t begin, std::int64_t end) {
  const std::int64_t columns = whole_tiles(f.K);
  const Strided<float> states{f.states + begin * f.H, f.H};
  for (std::int64_t k = 0; k < columns; k += kTile)
    product(end - begin, kTile, f.H, states, f.weight + k * f.H, kTile, logits + k, columns);
  for (std::int64_t r = begin; r < end; ++r) {
    float* row = logits + (r - begin) * columns;
    for (std::int64_t k = 0; k < f.K; ++k) row[k] += f.bias[k];
    f.index[r] = draw_row(row, f.K, f.uniform[r], f.probability[r]);
  }
}

template <class T>
struct EntropyRows {
  const T* logits;
  const std::int64_t* target;
  T *log_sum, *loss;  // (R)
  bool* hit;
  std::int64_t K;
  T smoothing;
};

template <class T>
AUTODIDACT_NN_INLINE void entropy_rows(const EntropyRows<T>& f, std::int64_t begin, std::int64_t end) {
  T exponentials[kChunk];
  for (std::int64_t r = begin; r < end; ++r) {
    const T* row = f.logits + r * f.K;
    const T most = largest_of(row, f.K);
    double sum = 0.0, plain = 0.0;
    for (std::int64_t k = 0; k < f.K; k += kChunk) {
      const std::int64_t n = std::min(kChunk, f.K - k);
      for (std::int64_t i = 0; i < n; ++i) exponentials[i] = exp_negative(row[k + i] - most);
      sum += sum_of(exponentials, n);
      if (f.smoothing > 0) plain += sum_of(row + k, n);
    }
    const T log_sum = most + static_cast<T>(std::log(sum)), own = row[f.target[r]];
    f.log_sum[r] = log_sum;
    f.loss[r] =
        (1 - f.smoothing) * (log_sum - own) + f.smoothing * (log_sum - static_cast<T>(plain) / static_cast<T>(f.K));
    f.hit[r] = own >= most;
  }
}

// scale (softmax - (1 - smoothing) target - smoothing / K)
template <class T>
AUTODIDACT_NN_INLINE void entropy_backward_rows(const EntropyRows<T>& f, T scale, T* grad, std::int64_t begin,
                                                std::int64_t end) {
  const T even = f.smoothing / static_cast<T>(f.K);
  for (std::int64_t r = begin; r < end; ++r) {
    const T *row = f.logits + r * f.K, log_sum = f.log_sum[r];
    T* out = grad + r * f.K;
    for (std::int64_t k = 0; k < f.K; ++k) out[k] = scale * (exp_negative(row[k] - log_sum) - even);
    out[f.target[r]] -= scale * (1 - f.smoothing);
  }
}

}  // namespace autodidact::transformer
