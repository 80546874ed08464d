#include "metrics/recurrent.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <tuple>

#include "metrics/leaf.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kBlock = 256;  // series whose states are held at once

// What the predictor sees at each step but the last.
at::Tensor seen(const at::Tensor& x) {
  const at::Tensor before = x.narrow(2, 0, x.size(2) - 1);
  return x.size(1) == 1 ? before : before.narrow(1, 0, x.size(1) - 1);
}

}  // namespace

Recurrent::Recurrent(std::int64_t inputs, std::int64_t units, std::int64_t outputs)
    : input_(uniform_leaf({3 * units, inputs}, units)),
      hidden_(uniform_leaf({3 * units, units}, units)),
      input_bias_(uniform_leaf({3 * units}, units)),
      hidden_bias_(uniform_leaf({3 * units}, units)),
      weight_(uniform_leaf({outputs, units}, units)),
      bias_(uniform_leaf({outputs}, units)) {}

at::Tensor Recurrent::states(const at::Tensor& x) const {
  const at::Tensor start = at::zeros({1, x.size(0), hidden_.size(1)}, at::kFloat);
  return std::get<0>(at::gru(x.to(at::kFloat).transpose(1, 2).contiguous(), start,
                             {input_, hidden_, input_bias_, hidden_bias_}, /*has_biases=*/true, /*num_layers=*/1,
                             /*dropout=*/0, /*train=*/false, /*bidirectional=*/false, /*batch_first=*/true));
}

at::Tensor Recurrent::last(const at::Tensor& x) const { return at::linear(states(x).select(1, -1), weight_, bias_); }
at::Tensor Recurrent::every(const at::Tensor& x) const { return at::linear(states(x), weight_, bias_); }

std::vector<Parameter> Recurrent::parameters() const {
  return {{"gru.input", input_},           {"gru.hidden", hidden_},
          {"gru.input_bias", input_bias_}, {"gru.hidden_bias", hidden_bias_},
          {"linear.weight", weight_},      {"linear.bias", bias_}};
}

Recurrent discriminator(std::int64_t channels) {
  return Recurrent(channels, std::max<std::int64_t>(8, 4 * channels), 1);
}

at::Tensor discriminator_loss(const Recurrent& network, const at::Tensor& real, const at::Tensor& generated) {
  const at::Tensor logits = network.last(at::cat({real, generated})).squeeze(1);
  const at::Tensor is_real = at::cat({at::ones({real.size(0)}), at::zeros({generated.size(0)})});
  return at::binary_cross_entropy_with_logits(logits, is_real);
}

double discriminative_score(const Recurrent& network, const at::Tensor& real, const at::Tensor& generated) {
  const at::NoGradGuard no_grad;
  double right = 0;
  for (const at::Tensor& rows : real.split(kBlock)) right += network.last(rows).gt(0).sum().item<double>();
  for (const at::Tensor& rows : generated.split(kBlock)) right += network.last(rows).le(0).sum().item<double>();
  return std::abs(right / static_cast<double>(real.size(0) + generated.size(0)) - 0.5);
}

Recurrent predictor(std::int64_t channels) { return Recurrent(std::max<std::int64_t>(1, channels - 1), 16, 1); }

at::Tensor predictor_loss(const Recurrent& network, const at::Tensor& x) {
  const at::Tensor next = x.select(1, x.size(1) - 1).narrow(1, 1, x.size(2) - 1).to(at::kFloat);
  return (network.every(seen(x)).squeeze(2).sigmoid() - next).abs().mean();
}

double predictive_score(const Recurrent& network, const at::Tensor& x) {
  const at::NoGradGuard no_grad;
  double sum = 0;
  for (const at::Tensor& rows : x.split(kBlock))
    sum += predictor_loss(network, rows).item<double>() * static_cast<double>(rows.size(0));
  return sum / static_cast<double>(x.size(0));
}

at::Tensor unit_range(const at::Tensor& x, const at::Tensor& of) {
  const at::Tensor low = of.amin({0, 2}, /*keepdim=*/true), span = of.amax({0, 2}, /*keepdim=*/true) - low;
  return (x - low) / span.where(span > 0, at::ones_like(span)) * span.gt(0);
}

}  // namespace autodidact
