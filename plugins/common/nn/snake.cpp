#include "common/nn/snake.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <vector>

#include "common/nn/snake_kernels.hpp"

namespace autodidact::nn {
namespace {

constexpr std::int64_t kTask = 32768;  // values of one task; partial sums stand per task, so threads do not change them
constexpr std::int64_t kWide = 64;     // narrower rows are taken several at a time

// a and 1 / a for the columns of the rows that the loops see: `repeat` rows of the tensor make one of them.
template <class T>
struct Columns {
  std::int64_t channels, repeat, width;
  std::vector<T> a, inverse;

  Columns(const at::Tensor& values, std::int64_t count) : channels(values.numel()), repeat(1) {
    while (channels * repeat * 2 <= kWide && count % (channels * repeat * 2) == 0) repeat *= 2;
    width = channels * repeat;
    const T* from = values.const_data_ptr<T>();
    for (std::int64_t i = 0; i < width; ++i) {
      const T value = from[i % channels];
      const T held = std::abs(value) < T(1e-20) ? T(1e-20) : value;  // 1 / a stays finite
      a.push_back(held);
      inverse.push_back(T(1) / held);
    }
  }
};

at::Tensor channels_last(const at::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct SnakeOp : torch::autograd::Function<SnakeOp> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& a) {
    const at::Tensor last = channels_last(x);
    ctx->save_for_backward({last, a});
    return snake_values(last, a);
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const SnakeGradient grad = snake_gradient(saved[0], saved[1], channels_last(grads[0]));
    return {grad.x, grad.a};
  }
};

}  // namespace

Snake::Snake(std::int64_t channels) : a(leaf(at::empty({channels}).uniform_(0.2, 0.5))) {}

at::Tensor Snake::operator()(const at::Tensor& x) const { return SnakeOp::apply(x, a); }

at::Tensor snake_values(const at::Tensor& x, const at::Tensor& a) {
  const at::Tensor y = at::empty_like(x);
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "snake", [&] {
    const Columns<scalar_t> columns(a, x.numel());
    const SnakeRows<scalar_t> k{x.const_data_ptr<scalar_t>(), columns.a.data(), columns.inverse.data(), columns.width};
    at::parallel_for(
        0, x.numel() / columns.width, std::max<std::int64_t>(1, kTask / columns.width),
        [&](std::int64_t begin, std::int64_t end) { snake_forward(k, y.data_ptr<scalar_t>(), begin, end); });
  });
  return y;
}

SnakeGradient snake_gradient(const at::Tensor& x, const at::Tensor& a, const at::Tensor& dy) {
  SnakeGradient grad{at::empty_like(x), at::empty_like(a)};
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "snake_gradient", [&] {
    const Columns<scalar_t> columns(a, x.numel());
    const std::int64_t width = columns.width, rows = x.numel() / width, each = std::max<std::int64_t>(1, kTask / width);
    const std::int64_t tasks = (rows + each - 1) / each;
    const SnakeRows<scalar_t> k{x.const_data_ptr<scalar_t>(), columns.a.data(), columns.inverse.data(), width};
    std::vector<double> partial(static_cast<std::size_t>(tasks * width), 0.0);
    at::parallel_for(0, tasks, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t task = first; task < last; ++task)
        snake_backward(k, dy.const_data_ptr<scalar_t>(), grad.x.data_ptr<scalar_t>(), task * each,
                       std::min(rows, (task + 1) * each), partial.data() + task * width);
    });
    scalar_t* da = grad.a.data_ptr<scalar_t>();
    for (std::int64_t c = 0; c < columns.channels; ++c) {
      double sum = 0;
      for (std::int64_t i = c; i < tasks * width; i += columns.channels) sum += partial[static_cast<std::size_t>(i)];
      da[c] = static_cast<scalar_t>(sum);
    }
  });
  return grad;
}

}  // namespace autodidact::nn
