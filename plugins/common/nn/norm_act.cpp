#include "common/nn/norm_act.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <optional>
#include <vector>

#include "autodidact/plugin/error.hpp"
#include "common/nn/norm_kernels.hpp"

namespace autodidact::nn {
namespace {

constexpr std::int64_t kTask = 2048;  // rows of one task; partial sums stand per task, so threads do not change them

std::int64_t rows_of(const at::Tensor& x) { return x.numel() / x.size(1); }

template <class T>
const T* data_or_null(const at::Tensor& t) {
  return t.defined() ? t.const_data_ptr<T>() : nullptr;
}
template <class T>
T* room(const at::Tensor& t) {
  return t.defined() ? t.data_ptr<T>() : nullptr;
}

// Two sums per channel over all rows, first (C) then second (C); each task's have a place of their own.
template <class F>
std::vector<double> task_sums(std::int64_t rows, std::int64_t channels, F&& sums) {
  const std::int64_t tasks = (rows + kTask - 1) / kTask, width = 2 * channels;
  std::vector<double> partial(static_cast<std::size_t>(tasks * width), 0.0);
  at::parallel_for(0, tasks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t task = first; task < last; ++task) {
      double* mine = partial.data() + task * width;
      sums(task * kTask, std::min(rows, (task + 1) * kTask), mine, mine + channels);
    }
  });
  for (std::int64_t task = 1; task < tasks; ++task)
    for (std::int64_t i = 0; i < width; ++i) partial[i] += partial[task * width + i];
  return partial;
}

template <class F>
void each_task(std::int64_t rows, F&& work) {
  at::parallel_for(0, (rows + kTask - 1) / kTask, 1,
                   [&](std::int64_t first, std::int64_t last) { work(first * kTask, std::min(rows, last * kTask)); });
}

// Per-channel numbers of one call, the rows of a (4, C) tensor in the arithmetic of the layer.
struct Statistics {
  at::Tensor table;
  template <class A>
  const A* row(std::int64_t i) const {
    return table.const_data_ptr<A>() + i * table.size(1);
  }
  // of s without the absorbed bias; 1 / sqrt(var + eps); weight * inverse; bias - mean * scale
  template <class A>
  const A* mean() const {
    return row<A>(0);
  }
  template <class A>
  const A* inverse() const {
    return row<A>(1);
  }
  template <class A>
  const A* scale() const {
    return row<A>(2);
  }
  template <class A>
  const A* offset() const {
    return row<A>(3);
  }
};

// From the sums about the pivot to what normalises, and a step of the running statistics.
template <class A>
Statistics finish(const BatchNorm& norm, const at::Tensor& absorbed, const A* pivot, const double* sums, double n) {
  const std::int64_t channels = norm.weight.size(0);
  Statistics stats{at::empty({4, channels}, norm.weight.options().requires_grad(false))};
  A* table = stats.table.data_ptr<A>();
  const A *weight = norm.weight.const_data_ptr<A>(), *bias = norm.bias.const_data_ptr<A>();
  const A* before = data_or_null<A>(absorbed);
  A *running_mean = norm.running_mean.data_ptr<A>(), *running_var = norm.running_var.data_ptr<A>();
  for (std::int64_t c = 0; c < channels; ++c) {
    const double from_pivot = sums[c] / n, mean = from_pivot + pivot[c];
    const double square = sums[channels + c] / n - from_pivot * from_pivot;
    const double variance = square < 0 ? 0.0 : square;  // NaN stays NaN
    const double inverse = 1.0 / std::sqrt(variance + norm.eps), scale = inverse * weight[c];
    table[c] = static_cast<A>(mean);
    table[channels + c] = static_cast<A>(inverse);
    table[2 * channels + c] = static_cast<A>(scale);
    table[3 * channels + c] = static_cast<A>(bias[c] - mean * scale);
    const double seen = mean + (before != nullptr ? before[c] : A(0));
    running_mean[c] += static_cast<A>(norm.momentum * (seen - running_mean[c]));
    running_var[c] += static_cast<A>(norm.momentum * (variance * (n / (n - 1.0)) - running_var[c]));
  }
  return stats;
}

Statistics statistics(const BatchNorm& norm, const NormActInput& input, const at::Tensor& sum, std::int64_t rows) {
  const std::int64_t channels = input.x.size(1);
  Statistics stats;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, input.x.scalar_type(), "norm_act", [&] {
    using A = Arithmetic<scalar_t>;
    const scalar_t *x = input.x.const_data_ptr<scalar_t>(), *residual = data_or_null<scalar_t>(input.residual);
    std::vector<A> pivot(static_cast<std::size_t>(channels));  // the first row
    for (std::int64_t c = 0; c < channels; ++c)
      pivot[c] = static_cast<A>(x[c]) + (residual != nullptr ? static_cast<A>(residual[c]) : A(0));
    const NormSums<scalar_t> k{x, residual, room<scalar_t>(sum), pivot.data(), channels};
    const std::vector<double> sums =
        task_sums(rows, channels, [&](std::int64_t begin, std::int64_t end, double* first, double* second) {
          norm_sums(k, begin, end, first, second);
        });
    stats = finish<A>(norm, input.absorbed_bias, pivot.data(), sums.data(), static_cast<double>(rows));
  });
  return stats;
}

at::Tensor channels_last(const at::Tensor& t) { return t.defined() ? t.contiguous(at::MemoryFormat::ChannelsLast) : t; }

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct NormAct : torch::autograd::Function<NormAct> {
  using Maybe = std::optional<at::Tensor>;
  static tensor_list forward(AutogradContext* ctx, const at::Tensor& x, const Maybe& residual,
                             const Maybe& absorbed_bias, const at::Tensor& weight, const at::Tensor& bias,
                             const BatchNorm& norm, double slope, NormActWanted wanted) {
    static_cast<void>(weight), static_cast<void>(bias);  // reached through `norm`; here so that they get gradients
    const NormActInput input{channels_last(x), channels_last(residual.value_or(at::Tensor())),
                             absorbed_bias.value_or(at::Tensor())};
    const std::int64_t rows = rows_of(x);
    const at::Tensor sum = residual ? at::empty_like(input.x) : at::Tensor();
    const Statistics stats = statistics(norm, input, sum, rows);
    const at::Tensor s = sum.defined() ? sum : input.x;
    const at::Tensor normed = wanted != NormActWanted::activated ? at::empty_like(s) : at::Tensor();
    const at::Tensor activated = wanted != NormActWanted::normed ? at::empty_like(s) : at::Tensor();
    AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, s.scalar_type(), "norm_act", [&] {
      using A = Arithmetic<scalar_t>;
      const NormApply<scalar_t> k{s.const_data_ptr<scalar_t>(),
                                  room<scalar_t>(normed),
                                  room<scalar_t>(activated),
                                  stats.scale<A>(),
                                  stats.offset<A>(),
                                  static_cast<A>(slope),
                                  s.size(1)};
      each_task(rows, [&](std::int64_t begin, std::int64_t end) { norm_apply(k, begin, end); });
    });
    ctx->save_for_backward({s, stats.table});
    ctx->saved_data["slope"] = slope;
    ctx->saved_data["wanted"] = static_cast<std::int64_t>(wanted);
    ctx->saved_data["has_residual"] = residual.has_value();
    ctx->saved_data["has_bias"] = absorbed_bias.has_value();
    ctx->set_materialize_grads(false);
    if (wanted == NormActWanted::both) return {normed, activated};
    return {normed.defined() ? normed : activated};
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor& s = saved[0];
    const Statistics stats{saved[1]};
    const auto wanted = static_cast<NormActWanted>(ctx->saved_data["wanted"].toInt());
    const at::Tensor d_normed = wanted != NormActWanted::activated ? channels_last(grads[0]) : at::Tensor();
    const at::Tensor d_activated = wanted != NormActWanted::normed ? channels_last(grads.back()) : at::Tensor();
    tensor_list out(8);
    if (!d_normed.defined() && !d_activated.defined()) return out;

    const std::int64_t rows = rows_of(s), channels = s.size(1);
    const at::Tensor ds = at::empty_like(s);
    const at::Tensor d_weight = at::empty({channels}, stats.table.options()), d_bias = at::empty_like(d_weight);
    AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, s.scalar_type(), "norm_act_backward", [&] {
      using A = Arithmetic<scalar_t>;
      NormGradient<scalar_t> k{.s = s.const_data_ptr<scalar_t>(),
                               .d_normed = data_or_null<scalar_t>(d_normed),
                               .d_activated = data_or_null<scalar_t>(d_activated),
                               .scale = stats.scale<A>(),
                               .offset = stats.offset<A>(),
                               .mean = stats.mean<A>(),

                               .b = nullptr,
                               .c = nullptr,
                               .ds = ds.data_ptr<scalar_t>(),
                               .slope = static_cast<A>(ctx->saved_data["slope"].toDouble()),
                               .channels = channels};
      const std::vector<double> sums =
          task_sums(rows, channels, [&](std::int64_t begin, std::int64_t end, double* one, double* two) {
            norm_gradient_sums(k, begin, end, one, two);
          });
      // ds = scale (g - mean(g) - (s - mean) inverse^2 mean(g (s - mean)))
      std::vector<A> factor(static_cast<std::size_t>(channels)), constant(factor.size());
      A *to_weight = d_weight.data_ptr<A>(), *to_bias = d_bias.data_ptr<A>();
      for (std::int64_t c = 0; c < channels; ++c) {
        const double inverse = stats.inverse<A>()[c], scale = stats.scale<A>()[c];
        factor[c] = static_cast<A>(-scale * inverse * inverse * sums[channels + c] / static_cast<double>(rows));
        constant[c] = static_cast<A>(-scale * sums[c] / static_cast<double>(rows));
        to_weight[c] = static_cast<A>(inverse * sums[channels + c]);
        to_bias[c] = static_cast<A>(sums[c]);
      }
      k.b = factor.data(), k.c = constant.data();
      each_task(rows, [&](std::int64_t begin, std::int64_t end) { norm_gradient(k, begin, end); });
    });
    out[0] = ds;
    if (ctx->saved_data["has_residual"].toBool()) out[1] = ds;
    if (ctx->saved_data["has_bias"].toBool()) out[2] = at::zeros_like(d_bias);
    out[3] = d_weight;
    out[4] = d_bias;
    return out;
  }
};

}  // namespace

NormActOutput norm_act(const BatchNorm& norm, const NormActInput& input, double slope, NormActWanted wanted) {
  check_batch(input.x);
  const auto maybe = [](const at::Tensor& t) { return t.defined() ? std::optional(t) : std::nullopt; };
  const tensor_list out = NormAct::apply(input.x, maybe(input.residual), maybe(input.absorbed_bias), norm.weight,
                                         norm.bias, norm, slope, wanted);
  if (wanted == NormActWanted::both) return {out[0], out[1]};
  return wanted == NormActWanted::normed ? NormActOutput{out[0], {}} : NormActOutput{{}, out[0]};
}

}  // namespace autodidact::nn
