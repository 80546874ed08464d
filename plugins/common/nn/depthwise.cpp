#include "common/nn/depthwise.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "common/nn/depthwise_kernels.hpp"

namespace autodidact::nn {
namespace {

constexpr std::int64_t kTask = 8;  // series of one task; partial sums stand per task, so threads do not change them

TapAxis axis_of(std::int64_t in, const DepthwiseShape& shape, std::size_t i) {
  const std::int64_t taps = shape.conv.kernel[i], stride = shape.conv.stride[i], padding = shape.conv.padding[i];
  const bool transposed = shape.kind == DepthwiseKind::transposed;
  TapAxis axis{
      in, transposed ? (in - 1) * stride + taps - 2 * padding : (in + 2 * padding - taps) / stride + 1, taps, {}};
  for (std::int64_t out = 0; out < axis.out; ++out)
    for (std::int64_t k = 0; k < taps; ++k) {
      std::int64_t from = out * stride + k - padding;
      if (transposed) {
        const std::int64_t spread = out + padding - k;
        from = spread % stride == 0 ? spread / stride : -1;
      } else if (shape.kind == DepthwiseKind::replicated) {
        from = std::clamp<std::int64_t>(from, 0, in - 1);
      }
      axis.from.push_back(from >= 0 && from < in ? from : -1);
    }
  return axis;
}

DepthwiseLoops loops_of(const at::Tensor& x, const DepthwiseShape& shape) {
  return {axis_of(x.size(2), shape, 0), axis_of(x.size(3), shape, 1), x.size(1)};
}

// (D, 1, kh, kw) <-> (kh kw, D)
template <class T>
std::vector<T> by_taps(const at::Tensor& weight) {
  const std::int64_t channels = weight.size(0), taps = weight.numel() / channels;
  const T* w = weight.const_data_ptr<T>();
  std::vector<T> out(static_cast<std::size_t>(weight.numel()));
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t k = 0; k < taps; ++k) out[static_cast<std::size_t>(k * channels + c)] = w[c * taps + k];
  return out;
}

}  // namespace

at::Tensor depthwise_values(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                            const DepthwiseShape& shape) {
  const DepthwiseLoops loops = loops_of(x, shape);
  const at::Tensor y =
      at::empty({x.size(0), x.size(1), loops.rows.out, loops.columns.out}, x.options(), at::MemoryFormat::ChannelsLast);
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "depthwise", [&] {
    const std::vector<scalar_t> w = by_taps<scalar_t>(weight);
    const scalar_t* b = bias.defined() ? bias.const_data_ptr<scalar_t>() : nullptr;
    at::parallel_for(0, x.size(0), kTask, [&](std::int64_t begin, std::int64_t end) {
      depthwise_forward(loops, x.const_data_ptr<scalar_t>(), w.data(), b, y.data_ptr<scalar_t>(), begin, end);
    });
  });
  return y;
}

DepthwiseGradient depthwise_gradient(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& dy,
                                     const DepthwiseShape& shape) {
  const DepthwiseLoops loops = loops_of(x, shape);
  DepthwiseGradient grad{at::zeros_like(x), at::empty_like(weight), at::empty({x.size(1)}, weight.options())};
  const std::int64_t batch = x.size(0), channels = x.size(1), size = weight.numel(), taps = size / channels;
  const std::int64_t tasks = (batch + kTask - 1) / kTask, width = size + channels;
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "depthwise_gradient", [&] {
    const std::vector<scalar_t> w = by_taps<scalar_t>(weight);
    std::vector<double> partial(static_cast<std::size_t>(tasks * width), 0.0);
    at::parallel_for(0, tasks, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t task = first; task < last; ++task) {
        double* mine = partial.data() + task * width;
        depthwise_backward(loops, x.const_data_ptr<scalar_t>(), w.data(), dy.const_data_ptr<scalar_t>(),
                           grad.x.data_ptr<scalar_t>(), mine, mine + size, task * kTask,
                           std::min(batch, (task + 1) * kTask));
      }
    });
    for (std::int64_t task = 1; task < tasks; ++task)
      for (std::int64_t i = 0; i < width; ++i)
        partial[static_cast<std::size_t>(i)] += partial[static_cast<std::size_t>(task * width + i)];
    scalar_t *dw = grad.weight.data_ptr<scalar_t>(), *db = grad.bias.data_ptr<scalar_t>();
    for (std::int64_t c = 0; c < channels; ++c) {
      db[c] = static_cast<scalar_t>(partial[static_cast<std::size_t>(size + c)]);
      for (std::int64_t k = 0; k < taps; ++k)
        dw[c * taps + k] = static_cast<scalar_t>(partial[static_cast<std::size_t>(k * channels + c)]);
    }
  });
  return grad;
}

}  // namespace autodidact::nn
