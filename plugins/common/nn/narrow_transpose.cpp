#include "common/nn/narrow_transpose.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "common/nn/norm_kernels.hpp"

namespace autodidact::nn {
namespace {

struct Geometry {
  std::int64_t batch, channels;  // of the output
  std::int64_t height, width;    // of the input
  std::int64_t out_height, out_width;
  ConvShape shape;
  std::int64_t taps() const { return shape.kernel[0] * shape.kernel[1]; }
};

// Calls row(taps of position 0, first padded output column's row, kh) for all rows of the input that meet row `oh` of
// channel c of series b.
template <class F>
void meeting_rows(const Geometry& g, std::int64_t oh, F&& row) {
  for (std::int64_t kh = 0; kh < g.shape.kernel[0]; ++kh) {
    const std::int64_t from = oh + g.shape.padding[0] - kh;
    const std::int64_t h = from / g.shape.stride[0];
    if (from >= 0 && h * g.shape.stride[0] == from && h < g.height) row(h, kh);
  }
}

// One row of one channel, without the columns that padding cuts off: line[w * stride + kw] += t[w][kw].
template <class T, class A>
void add_line(const T* t, std::int64_t step, const Geometry& g, A* line) {
  const std::int64_t stride = g.shape.stride[1], taps = g.shape.kernel[1];
  for (std::int64_t w = 0; w < g.width; ++w, t += step, line += stride)
    for (std::int64_t kw = 0; kw < taps; ++kw) line[kw] += static_cast<A>(t[kw]);
}
template <class T, class A>
void take_line(const A* line, std::int64_t step, const Geometry& g, T* t) {
  const std::int64_t stride = g.shape.stride[1], taps = g.shape.kernel[1];
  for (std::int64_t w = 0; w < g.width; ++w, t += step, line += stride)
    for (std::int64_t kw = 0; kw < taps; ++kw) t[kw] = static_cast<T>(line[kw]);
}

std::int64_t line_length(const Geometry& g) {
  return std::max((g.width - 1) * g.shape.stride[1] + g.shape.kernel[1], g.out_width + 2 * g.shape.padding[1]);
}

// t (B, H, W, channels * taps) in memory -> y (B, channels, H', W').
template <class T>
void gather_taps(const T* t, const Arithmetic<T>* bias, const Geometry& g, Arithmetic<T>* y) {
  using A = Arithmetic<T>;
  const std::int64_t step = g.channels * g.taps();
  at::parallel_for(0, g.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<A> line(static_cast<std::size_t>(line_length(g)));
    for (std::int64_t b = begin; b < end; ++b)
      for (std::int64_t c = 0; c < g.channels; ++c)
        for (std::int64_t oh = 0; oh < g.out_height; ++oh) {
          std::fill(line.begin(), line.end(), bias[c]);
          meeting_rows(g, oh, [&](std::int64_t h, std::int64_t kh) {
            const T* from = t + (b * g.height + h) * g.width * step + c * g.taps() + kh * g.shape.kernel[1];
            add_line(from, step, g, line.data());
          });
          const A* inside = line.data() + g.shape.padding[1];
          std::copy(inside, inside + g.out_width, y + ((b * g.channels + c) * g.out_height + oh) * g.out_width);
        }
  });
}

// The transpose: dy (B, channels, H', W') -> dt; taps that fall outside get 0, so dt starts from zeros.
template <class T>
void spread_taps(const Arithmetic<T>* dy, const Geometry& g, T* dt) {
  using A = Arithmetic<T>;
  const std::int64_t step = g.channels * g.taps();
  at::parallel_for(0, g.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<A> line(static_cast<std::size_t>(line_length(g)), A(0));
    for (std::int64_t b = begin; b < end; ++b)
      for (std::int64_t c = 0; c < g.channels; ++c)
        for (std::int64_t oh = 0; oh < g.out_height; ++oh) {
          const A* from = dy + ((b * g.channels + c) * g.out_height + oh) * g.out_width;
          std::copy(from, from + g.out_width, line.data() + g.shape.padding[1]);
          meeting_rows(g, oh, [&](std::int64_t h, std::int64_t kh) {
            T* to = dt + (b * g.height + h) * g.width * step + c * g.taps() + kh * g.shape.kernel[1];
            take_line(line.data(), step, g, to);
          });
        }
  });
}

Geometry geometry(const at::Tensor& t, std::int64_t channels, const ConvShape& s) {
  const std::int64_t H = t.size(2), W = t.size(3);
  return {t.size(0),
          channels,
          H,
          W,
          (H - 1) * s.stride[0] + s.kernel[0] - 2 * s.padding[0],
          (W - 1) * s.stride[1] + s.kernel[1] - 2 * s.padding[1],
          s};
}

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct SumOfTaps : torch::autograd::Function<SumOfTaps> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& taps, const at::Tensor& bias,
                            const ConvShape& shape) {
    const at::Tensor t = taps.contiguous(at::MemoryFormat::ChannelsLast);
    const Geometry g = geometry(t, bias.size(0), shape);
    const at::Tensor y =
        at::empty({g.batch, g.channels, g.out_height, g.out_width}, bias.options().requires_grad(false));
    AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, t.scalar_type(), "sum_of_taps", [&] {
      using A = Arithmetic<scalar_t>;
      gather_taps(t.const_data_ptr<scalar_t>(), bias.const_data_ptr<A>(), g, y.data_ptr<A>());
    });
    ctx->saved_data["type"] = static_cast<std::int64_t>(t.scalar_type());
    ctx->saved_data["sizes"] = t.sizes().vec();
    ctx->saved_data["kernel"] = std::vector<std::int64_t>(shape.kernel.begin(), shape.kernel.end());
    ctx->saved_data["stride"] = std::vector<std::int64_t>(shape.stride.begin(), shape.stride.end());
    ctx->saved_data["padding"] = std::vector<std::int64_t>(shape.padding.begin(), shape.padding.end());
    return y;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto pair = [&](const char* name) {
      const std::vector<std::int64_t> v = ctx->saved_data[name].toIntVector();
      return std::array<std::int64_t, 2>{v[0], v[1]};
    };
    const at::Tensor dy = grads[0].contiguous();
    const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
    const at::Tensor dt = at::zeros(ctx->saved_data["sizes"].toIntVector(), dy.options().dtype(type))
                              .contiguous(at::MemoryFormat::ChannelsLast);
    const Geometry g = geometry(dt, dy.size(1), {pair("kernel"), pair("stride"), pair("padding")});
    AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, type, "spread_taps", [&] {
      spread_taps(dy.const_data_ptr<Arithmetic<scalar_t>>(), g, dt.data_ptr<scalar_t>());
    });
    return {dt, dy.sum({0, 2, 3}), at::Tensor()};
  }
};

}  // namespace

at::Tensor narrow_transpose(const ConvTranspose2d& layer, const at::Tensor& x) {
  const std::int64_t in = layer.weight.size(0);
  const at::Tensor weight = layer.weight.permute({1, 2, 3, 0}).reshape({-1, in, 1, 1}).to(x.scalar_type());
  return SumOfTaps::apply(at::conv2d(x, weight), layer.bias, layer.shape);
}

}  // namespace autodidact::nn
