// One head of one series for cosine_attention.cpp, over plain memory. Rows of scratch matrices are whole tiles wide;
// what stands beyond the head's width D or the J = S + 1 keys is 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/nn/clones.hpp"
#include "common/transformer/exponential.hpp"
#include "common/transformer/small_products.hpp"

namespace autodidact::transformer {

// Memory that the heads of a task share.
template <class T>
struct HeadScratch {
  HeadScratch(std::int64_t positions, std::int64_t width)
      : S(positions), J(positions + 1), D(width), columns(whole_tiles(J)), wide(whole_tiles(D)) {
    const std::int64_t rows = J * wide, across = D * columns;
    memory.assign(static_cast<std::size_t>(6 * rows + across + 2 * S * columns + 2 * S), T(0));
    T* at = memory.data();
    for (T** matrix : {&q, &k, &v, &out, &grad_q, &grad_kv}) *matrix = std::exchange(at, at + rows);
    across_keys = std::exchange(at, at + across);
    shares = std::exchange(at, at + S * columns);
    grad_shares = std::exchange(at, at + S * columns);
    inverse = at;
  }
  std::int64_t S, J, D, columns, wide;
  T *q, *k, *v, *out;       // (J, wide): normalised queries (the first S rows), keys, values; result or its gradient
  T *grad_q, *grad_kv;      // (J, wide)
  T* across_keys;           // (D, columns): keys, or in the backward pass values, transposed
  T *shares, *grad_shares;  // (S, columns)
  T* inverse;               // (2, S): 1 / norms of queries, keys

 private:
  std::vector<T> memory;
};

// Where a head's numbers stand: position s at data + s * row.
template <class T>
struct HeadInput {
  const T *q, *k, *v;
  std::int64_t row;
  const T *front_key, *front_value, *q_gain, *k_gain;  // (D)
};

inline constexpr double kSmallestLength = 1e-12;

// gain x / |x|; returns 1 / |x|
template <class T>
AUTODIDACT_NN_INLINE T normalise(const T* x, const T* gain, std::int64_t D, T* out) {
  T lanes[kTile] = {};
  std::int64_t j = 0;
  for (; j + kTile <= D; j += kTile)
    for (std::int64_t i = 0; i < kTile; ++i) lanes[i] += x[j + i] * x[j + i];
  for (; j < D; ++j) lanes[0] += x[j] * x[j];
  T sum = 0;
  for (const T lane : lanes) sum += lane;
  const T inverse = T(1) / std::max(std::sqrt(sum), T(kSmallestLength));
  for (j = 0; j < D; ++j) out[j] = x[j] * inverse * gain[j];
  return inverse;
}

// Fills q, k, v and inverse of the scratch.
template <class T>
AUTODIDACT_NN_INLINE void load_head(const HeadInput<T>& in, HeadScratch<T>& at) {
  for (std::int64_t j = 0; j < at.D; ++j) at.k[j] = in.front_key[j];
  for (std::int64_t j = 0; j < at.D; ++j) at.v[j] = in.front_value[j];
  for (std::int64_t s = 0; s < at.S; ++s) {
    at.inverse[s] = normalise(in.q + s * in.row, in.q_gain, at.D, at.q + s * at.wide);
    at.inverse[at.S + s] = normalise(in.k + s * in.row, in.k_gain, at.D, at.k + (s + 1) * at.wide);
    const T* v = in.v + s * in.row;
    for (std::int64_t j = 0; j < at.D; ++j) at.v[(s + 1) * at.wide + j] = v[j];
  }
}

// rows (J, wide) -> out (D, columns)
template <class T>
AUTODIDACT_NN_INLINE void transpose_rows(const HeadScratch<T>& at, const T* rows, T* out) {
  for (std::int64_t d = 0; d < at.D; ++d)
    for (std::int64_t j = 0; j < at.J; ++j) out[d * at.columns + j] = rows[j * at.wide + d];
}

// shares (S, columns): logits -> their softmax over the J keys; columns beyond become 0.
template <class T>
AUTODIDACT_NN_INLINE void softmax_rows(const HeadScratch<T>& at, T scale, T* shares) {
  for (std::int64_t s = 0; s < at.S; ++s) {
    T* row = shares + s * at.columns;
    T lanes[kTile];
    for (std::int64_t i = 0; i < kTile; ++i) lanes[i] = row[0];
    for (std::int64_t j = at.J; j < at.columns; ++j) row[j] = row[0];  // of no weight in the maximum
    for (std::int64_t j = 0; j < at.columns; j += kTile)
      for (std::int64_t i = 0; i < kTile; ++i) lanes[i] = std::max(lanes[i], row[j + i]);
    const T most = *std::max_element(lanes, lanes + kTile);
    for (std::int64_t j = 0; j < at.columns; ++j) row[j] = exp_negative((row[j] - most) * scale);
    for (std::int64_t j = at.J; j < at.columns; ++j) row[j] = 0;
    for (std::int64_t i = 0; i < kTile; ++i) lanes[i] = 0;
    for (std::int64_t j = 0; j < at.columns; j += kTile)
      for (std::int64_t i = 0; i < kTile; ++i) lanes[i] += row[j + i];
    T sum = 0;
    for (const T lane : lanes) sum += lane;
    const T inverse = T(1) / sum;
    for (std::int64_t j = 0; j < at.columns; ++j) row[j] *= inverse;
  }
}

// After load_head: shares (S, columns) and at.out (S, wide).
template <class T>
AUTODIDACT_NN_INLINE void attend(HeadScratch<T>& at, T* shares) {
  transpose_rows(at, at.k, at.across_keys);
  product(at.S, at.columns, at.D, Strided<T>{at.q, at.wide}, at.across_keys, at.columns, shares, at.columns);
  softmax_rows(at, T(1) / std::sqrt(static_cast<T>(at.D)), shares);
  product(at.S, at.wide, at.J, Strided<T>{shares, at.columns}, at.v, at.wide, at.out, at.wide);
}

// After load_head, from shares and at.out, here the gradient of the result: at.grad_q (S, wide), of the normalised
// queries, and at.grad_kv (J, wide), of the values.
template <class T>
AUTODIDACT_NN_INLINE void attend_backward(HeadScratch<T>& at, const T* shares) {
  transpose_rows(at, at.v, at.across_keys);
  product(at.J, at.wide, at.S, Strided<T>{shares, 1, at.columns}, at.out, at.wide, at.grad_kv, at.wide);
  product(at.S, at.columns, at.D, Strided<T>{at.out, at.wide}, at.across_keys, at.columns, at.grad_shares, at.columns);
  const T scale = T(1) / std::sqrt(static_cast<T>(at.D));
  for (std::int64_t s = 0; s < at.S; ++s) {
    const T* share = shares + s * at.columns;
    T* grad = at.grad_shares + s * at.columns;
    T lanes[kTile] = {};
    for (std::int64_t j = 0; j < at.columns; j += kTile)
      for (std::int64_t i = 0; i < kTile; ++i) lanes[i] += share[j + i] * grad[j + i];
    T mean = 0;
    for (const T lane : lanes) mean += lane;
    for (std::int64_t j = 0; j < at.columns; ++j) grad[j] = scale * share[j] * (grad[j] - mean);
  }
  product(at.S, at.wide, at.J, Strided<T>{at.grad_shares, at.columns}, at.k, at.wide, at.grad_q, at.wide);
}

// Then at.grad_kv: of the keys.
template <class T>
AUTODIDACT_NN_INLINE void keys_backward(HeadScratch<T>& at) {
  product(at.J, at.wide, at.S, Strided<T>{at.grad_shares, 1, at.columns}, at.q, at.wide, at.grad_kv, at.wide);
}

// With y = g x / |x|: dx = (g dy - x <x, g dy> / |x|^2) / |x|, and dg += dy x / |x|.
template <class T>
AUTODIDACT_NN_INLINE void normalise_backward(const T* x, const T* gain, T inverse, const T* dy, std::int64_t D, T* dx,
                                             T* dg) {
  T along = 0;
  for (std::int64_t j = 0; j < D; ++j) {
    dx[j] = dy[j] * gain[j];
    dg[j] += dy[j] * x[j] * inverse;
  }
  T lanes[kTile] = {};
  std::int64_t j = 0;
  for (; j + kTile <= D; j += kTile)
    for (std::int64_t i = 0; i < kTile; ++i) lanes[i] += dx[j + i] * x[j + i];
  for (; j < D; ++j) lanes[0] += dx[j] * x[j];
  for (const T lane : lanes) along += lane;
  // Where |x| is below its floor the divisor is a constant.
  along = inverse < T(1 / kSmallestLength) ? along * inverse * inverse : T(0);
  for (j = 0; j < D; ++j) dx[j] = (dx[j] - x[j] * along) * inverse;
}

}  // namespace autodidact::transformer
