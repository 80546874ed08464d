// N numbers side by side, N a power of 2, for loops whose inner length is known: compilers keep them in registers. Up
// to 32 bytes are a vector of GCC's and clang's extensions (wider ones would be taken apart number by number); more are
// two halves, since arrays of vectors stay in memory.
#pragma once

#include "common/nn/clones.hpp"

namespace autodidact::nn {

template <class T, int N, bool kWhole = (N * sizeof(T) <= 32)>
struct Lanes {
  typedef T Vector __attribute__((vector_size(N * sizeof(T))));
  Vector v;

  AUTODIDACT_NN_INLINE void clear() { v = Vector{}; }
  AUTODIDACT_NN_INLINE void load(const T* from) { __builtin_memcpy(&v, from, sizeof(v)); }
  AUTODIDACT_NN_INLINE void store(T* to) const { __builtin_memcpy(to, &v, sizeof(v)); }
  AUTODIDACT_NN_INLINE void add(const Lanes& other) { v += other.v; }
  AUTODIDACT_NN_INLINE void add_product(const Lanes& a, const Lanes& b) { v += a.v * b.v; }
  AUTODIDACT_NN_INLINE void add_product(T a, const Lanes& b) { v += a * b.v; }
  AUTODIDACT_NN_INLINE void add_to(double* total) const {
    for (int i = 0; i < N; ++i) total[i] += static_cast<double>(v[i]);
  }
};

template <class T, int N>
struct Lanes<T, N, false> {
  using Half = Lanes<T, N / 2>;
  Half low, high;

  AUTODIDACT_NN_INLINE void clear() { low.clear(), high.clear(); }
  AUTODIDACT_NN_INLINE void load(const T* from) { low.load(from), high.load(from + N / 2); }
  AUTODIDACT_NN_INLINE void store(T* to) const { low.store(to), high.store(to + N / 2); }
  AUTODIDACT_NN_INLINE void add(const Lanes& other) { low.add(other.low), high.add(other.high); }
  AUTODIDACT_NN_INLINE void add_product(const Lanes& a, const Lanes& b) {
    low.add_product(a.low, b.low), high.add_product(a.high, b.high);
  }
  AUTODIDACT_NN_INLINE void add_product(T a, const Lanes& b) { low.add_product(a, b.low), high.add_product(a, b.high); }
  AUTODIDACT_NN_INLINE void add_to(double* total) const { low.add_to(total), high.add_to(total + N / 2); }
};

// Calls block.operator()<N>(first) for blocks of N = 32, 16, 8, 4, 2, 1 numbers that cover [0, count).
template <class F>
AUTODIDACT_NN_INLINE void each_block(long count, F&& block) {
  long at = 0;
  for (; at + 32 <= count; at += 32) block.template operator()<32>(at);
  if (at + 16 <= count) block.template operator()<16>(at), at += 16;
  if (at + 8 <= count) block.template operator()<8>(at), at += 8;
  if (at + 4 <= count) block.template operator()<4>(at), at += 4;
  if (at + 2 <= count) block.template operator()<2>(at), at += 2;
  if (at < count) block.template operator()<1>(at);
}

}  // namespace autodidact::nn
