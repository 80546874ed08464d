#include "common/nn/drop_add.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstdint>

#include "common/nn/clones.hpp"

namespace autodidact::nn {
namespace {

constexpr std::int64_t kTask = 32768;

// Which values stay: 24 hashed bits of the position against p. Two rounds of multiply and shift with a key each; the
// constants are those of a search for the least bias between bits (C. Wellons, "Prospecting for Hash Functions", 2018).
// Compared as signed numbers and multiplied, not chosen: only then do compilers vectorise it.
struct Keep {
  std::uint32_t first, second;
  std::int32_t threshold;

  Keep(std::uint64_t seed, double p)
      : first(static_cast<std::uint32_t>(seed)),
        second(static_cast<std::uint32_t>(seed >> 32)),
        threshold(static_cast<std::int32_t>(std::ldexp(p, 24))) {}
};
AUTODIDACT_NN_INLINE std::uint32_t mixed(std::uint32_t h) {
  h ^= h >> 16;
  h *= 0x21f0aaadu;
  h ^= h >> 15;
  h *= 0xd35a2d97u;
  h ^= h >> 15;
  return h;
}
// 1 or 0
template <class T>
AUTODIDACT_NN_INLINE T stays(const Keep& keep, std::uint32_t i) {
  const std::uint32_t h = mixed(mixed(i + keep.first) ^ keep.second);
  return static_cast<T>(static_cast<std::int32_t>(h >> 8) >= keep.threshold);
}

template <class T>
AUTODIDACT_NN_INLINE void add(const T* __restrict f, const T* __restrict skip, const Keep& keep, T scale,
                              T* __restrict y, std::int64_t begin, std::int64_t end) {
  const Keep k = keep;
  const auto count = static_cast<std::uint32_t>(end - begin), first = static_cast<std::uint32_t>(begin);
  f += begin, skip += begin, y += begin;
  for (std::uint32_t i = 0; i < count; ++i) y[i] = skip[i] + f[i] * (stays<T>(k, first + i) * scale);
}
template <class T>
AUTODIDACT_NN_INLINE void gate(const T* __restrict dy, const Keep& keep, T scale, T* __restrict df, std::int64_t begin,
                               std::int64_t end) {
  const Keep k = keep;
  const auto count = static_cast<std::uint32_t>(end - begin), first = static_cast<std::uint32_t>(begin);
  dy += begin, df += begin;
  for (std::uint32_t i = 0; i < count; ++i) df[i] = dy[i] * (stays<T>(k, first + i) * scale);
}
#define AUTODIDACT_DROP_KERNELS(T)                                                                                  \
  AUTODIDACT_NN_CLONES void run_add(const T* f, const T* skip, const Keep& keep, T scale, T* y, std::int64_t begin, \
                                    std::int64_t end) {                                                             \
    add(f, skip, keep, scale, y, begin, end);                                                                       \
  }                                                                                                                 \
  AUTODIDACT_NN_CLONES void run_gate(const T* dy, const Keep& keep, T scale, T* df, std::int64_t begin,             \
                                     std::int64_t end) {                                                            \
    gate(dy, keep, scale, df, begin, end);                                                                          \
  }
AUTODIDACT_DROP_KERNELS(float)
AUTODIDACT_DROP_KERNELS(double)
#undef AUTODIDACT_DROP_KERNELS

at::Tensor channels_last(const at::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct DropAdd : torch::autograd::Function<DropAdd> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& f, const at::Tensor& skip, double p) {
    const std::int64_t seed =
        at::empty({1}, at::kLong).random_(0, std::numeric_limits<std::int64_t>::max()).item<std::int64_t>();
    ctx->saved_data["seed"] = seed;
    ctx->saved_data["p"] = p;
    const Keep keep(static_cast<std::uint64_t>(seed), p);
    const at::Tensor a = channels_last(f), b = channels_last(skip), y = at::empty_like(a);
    AT_DISPATCH_FLOATING_TYPES(a.scalar_type(), "drop_add", [&] {
      at::parallel_for(0, a.numel(), kTask, [&](std::int64_t begin, std::int64_t end) {
        run_add(a.const_data_ptr<scalar_t>(), b.const_data_ptr<scalar_t>(), keep, scalar_t(1.0 / (1.0 - p)),
                y.data_ptr<scalar_t>(), begin, end);
      });
    });
    return y;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const double p = ctx->saved_data["p"].toDouble();
    const Keep keep(static_cast<std::uint64_t>(ctx->saved_data["seed"].toInt()), p);
    const at::Tensor dy = channels_last(grads[0]), df = at::empty_like(dy);
    AT_DISPATCH_FLOATING_TYPES(dy.scalar_type(), "drop_add_gradient", [&] {
      at::parallel_for(0, dy.numel(), kTask, [&](std::int64_t begin, std::int64_t end) {
        run_gate(dy.const_data_ptr<scalar_t>(), keep, scalar_t(1.0 / (1.0 - p)), df.data_ptr<scalar_t>(), begin, end);
      });
    });
    return {df, dy, at::Tensor()};
  }
};

}  // namespace

at::Tensor drop_add(const at::Tensor& f, const at::Tensor& skip, double p) {
  return p > 0 ? DropAdd::apply(f, skip, p) : f + skip;
}

}  // namespace autodidact::nn
