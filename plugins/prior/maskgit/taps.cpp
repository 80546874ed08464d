#include "taps.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "common/nn/clones.hpp"

namespace autodidact::maskgit {
namespace {

template <class T>
struct TapLoop {
  const T* from;
  T* to;
  const T* bias;                // (F), of the way forward
  const std::int64_t* sources;  // (m, T)
  std::int64_t n, m, taps, width;
};

// Series [begin, end).
template <class T>
AUTODIDACT_NN_INLINE void gather_series(const TapLoop<T>& f, std::int64_t begin, std::int64_t end) {
  for (std::int64_t b = begin; b < end; ++b)
    for (std::int64_t p = 0; p < f.m; ++p) {
      T* out = f.to + (b * f.m + p) * f.width;
      for (std::int64_t j = 0; j < f.width; ++j) out[j] = f.bias[j];
      for (std::int64_t t = 0; t < f.taps; ++t) {
        const std::int64_t source = f.sources[p * f.taps + t];
        if (source < 0) continue;
        const T* sent = f.from + ((b * f.n + source) * f.taps + t) * f.width;
        for (std::int64_t j = 0; j < f.width; ++j) out[j] += sent[j];
      }
    }
}
// The transpose: from (B, m, F), to (B, n, T, F) that is zero.
template <class T>
AUTODIDACT_NN_INLINE void scatter_series(const TapLoop<T>& f, std::int64_t begin, std::int64_t end) {
  for (std::int64_t b = begin; b < end; ++b)
    for (std::int64_t p = 0; p < f.m; ++p) {
      const T* grad = f.from + (b * f.m + p) * f.width;
      for (std::int64_t t = 0; t < f.taps; ++t) {
        const std::int64_t source = f.sources[p * f.taps + t];
        if (source < 0) continue;
        T* sent = f.to + ((b * f.n + source) * f.taps + t) * f.width;
        for (std::int64_t j = 0; j < f.width; ++j) sent[j] += grad[j];
      }
    }
}

AUTODIDACT_NN_CLONES void gather(const TapLoop<float>& f, std::int64_t begin, std::int64_t end) {
  gather_series(f, begin, end);
}
AUTODIDACT_NN_CLONES void scatter(const TapLoop<float>& f, std::int64_t begin, std::int64_t end) {
  scatter_series(f, begin, end);
}
void gather(const TapLoop<double>& f, std::int64_t begin, std::int64_t end) { gather_series(f, begin, end); }
void scatter(const TapLoop<double>& f, std::int64_t begin, std::int64_t end) { scatter_series(f, begin, end); }

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

template <class T>
at::Tensor run(const at::Tensor& sent, const at::Tensor& sources, const at::Tensor& bias) {
  const std::int64_t B = sent.size(0), m = sources.size(0);
  at::Tensor out = at::empty({B, m, sent.size(3)}, sent.options());
  const TapLoop<T> f{.from = sent.data_ptr<T>(),
                     .to = out.data_ptr<T>(),
                     .bias = bias.data_ptr<T>(),
                     .sources = sources.data_ptr<std::int64_t>(),
                     .n = sent.size(1),
                     .m = m,
                     .taps = sent.size(2),
                     .width = sent.size(3)};
  at::parallel_for(0, B, 4, [&](std::int64_t begin, std::int64_t end) { gather(f, begin, end); });
  return out;
}

template <class T>
at::Tensor run_backward(const at::Tensor& grad, const at::Tensor& sources, std::int64_t n) {
  const std::int64_t B = grad.size(0), taps = sources.size(1);
  at::Tensor out = at::zeros({B, n, taps, grad.size(2)}, grad.options());
  const TapLoop<T> f{.from = grad.data_ptr<T>(),
                     .to = out.data_ptr<T>(),
                     .bias = nullptr,
                     .sources = sources.data_ptr<std::int64_t>(),
                     .n = n,
                     .m = sources.size(0),
                     .taps = taps,
                     .width = grad.size(2)};
  at::parallel_for(0, B, 4, [&](std::int64_t begin, std::int64_t end) { scatter(f, begin, end); });
  return out;
}

struct GatherTaps : torch::autograd::Function<GatherTaps> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& sent, const at::Tensor& sources,
                            const at::Tensor& bias) {
    ctx->saved_data["n"] = sent.size(1);
    ctx->save_for_backward({sources});
    return sent.scalar_type() == at::kDouble ? run<double>(sent, sources, bias) : run<float>(sent, sources, bias);
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const at::Tensor sources = ctx->get_saved_variables()[0], grad = grads[0].contiguous();
    const std::int64_t n = ctx->saved_data["n"].toInt();
    return {grad.scalar_type() == at::kDouble ? run_backward<double>(grad, sources, n)
                                              : run_backward<float>(grad, sources, n),
            at::Tensor(), grad.sum({0, 1})};
  }
};

}  // namespace

at::Tensor tap_sources(std::int64_t from, std::int64_t to, std::int64_t taps, std::int64_t dilation) {
  const at::Tensor places = at::arange(from, at::TensorOptions().dtype(at::kFloat)).view({1, 1, from});
  const at::Tensor resized = at::upsample_nearest1d(places, at::IntArrayRef({to})).view({to}).to(at::kLong);
  const at::Tensor reach = (at::arange(taps) - taps / 2) * dilation;         // (T)
  const at::Tensor read = at::arange(to).unsqueeze(1) + reach.unsqueeze(0);  // (to, T)
  const at::Tensor source = resized.index({read.clamp(0, to - 1)});
  return at::where((read >= 0) & (read < to), source, at::full_like(source, -1)).contiguous();
}

at::Tensor gather_taps(const at::Tensor& sent, const at::Tensor& sources, const at::Tensor& bias) {
  return GatherTaps::apply(sent.contiguous(), sources, bias.contiguous());
}

at::Tensor weight_of_taps(const at::Tensor& weight) {
  return weight.permute({2, 0, 1}).reshape({weight.size(2) * weight.size(0), weight.size(1)});
}

}  // namespace autodidact::maskgit
