// Separable convolutions and their networks against LibTorch's operators and finite differences, in float64.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "common/autoencoder/gradient_support.hpp"
#include "common/autoencoder/separable_blocks.hpp"
#include "common/autoencoder/separable_network.hpp"

namespace autodidact::autoencoder {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

std::map<std::string, at::Tensor> by_name(const nn::State& state) {
  std::map<std::string, at::Tensor> out;
  for (const Parameter& p : state.parameters) out[p.name] = p.tensor;
  return out;
}

// The layer from separate operators.
at::Tensor by_parts(std::map<std::string, at::Tensor>& p, const at::Tensor& x, Taps taps, bool one_row, bool scaled) {
  const auto weight = [&](const std::string& name) {
    return scaled ? at::_weight_norm(p.at(name + ".v"), p.at(name + ".g"), 0) : p.at(name + ".weight");
  };
  const std::int64_t in = x.size(1), rows = one_row ? 0 : 1;
  const at::Tensor depth = weight("s.depth"), point = weight("s.point");
  at::Tensor h;
  if (taps == Taps::up) {
    h = at::conv_transpose2d(x, depth, p.at("s.depth.bias"), {1, 2}, {rows, 1}, 0, in);
    return at::conv_transpose2d(h, point, p.at("s.point.bias"));
  }
  if (taps == Taps::down)
    h = at::conv2d(at::replication_pad2d(x, {1, 1, rows, rows}), depth, p.at("s.depth.bias"), {1, 2},
                   at::IntArrayRef{0, 0}, 1, in);
  else
    h = at::conv2d(x, depth, p.at("s.depth.bias"), at::IntArrayRef{1, 1}, {rows, 1}, 1, in);
  return at::conv2d(h, point, p.at("s.point.bias"));
}

TEST(Separable, EqualsItsParts) {
  at::manual_seed(1);
  for (const Taps taps : {Taps::down, Taps::same, Taps::up})
    for (const bool one_row : {false, true})
      for (const bool scaled : {true, false})
        for (const bool with_snake : {false, true}) {
          const Separable layer(4, 6, taps, one_row, scaled);
          nn::Snake snake(4);
          nn::State state;
          layer.list("s", state);
          state.parameter("a", snake.a);
          testing_support::to_double(state);
          auto parameters = by_name(state);
          const at::Tensor x = nn::leaf(at::randn({3, 4, one_row ? 1 : 2, 9}, at::kDouble));
          const at::Tensor wide = snake.a.view({1, -1, 1, 1});
          const at::Tensor given = with_snake ? x + (x * wide).sin().square() / wide : x;
          const at::Tensor want = by_parts(parameters, given, taps, one_row, scaled);
          const at::Tensor got = layer(x, with_snake ? &snake : nullptr), cotangent = at::randn_like(want.detach());
          ASSERT_EQ(got.sizes(), want.sizes());
          EXPECT_LT(largest(got - want), 1e-12);

          (want * cotangent).sum().backward();
          std::map<std::string, at::Tensor> wanted = {{"x", x.grad()}};
          x.mutable_grad().reset();
          for (const Parameter& p : state.parameters) {
            if (p.tensor.grad().defined()) wanted[p.name] = p.tensor.grad();
            at::Tensor(p.tensor).mutable_grad().reset();
          }
          (got * cotangent).sum().backward();
          EXPECT_LT(largest(x.grad() - wanted.at("x")), 1e-12);
          for (const Parameter& p : state.parameters) {
            if (p.name == "a" && !with_snake) continue;
            EXPECT_LT(largest(p.tensor.grad() - wanted.at(p.name)), 1e-11) << p.name;
          }

          const Separable::Unbiased parted = layer.unbiased(x, with_snake ? &snake : nullptr);
          EXPECT_LT(largest(parted.y + parted.constant.view({1, -1, 1, 1}) - want), 1e-12);
          EXPECT_FALSE(parted.constant.requires_grad());
        }
}

class Height : public ::testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(Bands, Height, ::testing::Values(1, 2));

TEST_P(Height, NetworkGradientsEqualFiniteDifferences) {
  at::manual_seed(2);
  Grid grid;
  grid.height = GetParam(), grid.down = 2, grid.width = 5;
  const SeparableOptions options{
      .channels = 2, .first = 3, .hidden = 7, .encoder_blocks = 1, .decoder_blocks = 1, .dropout = 0.0};
  const SeparableEncoder encoder(options, grid);
  const SeparableDecoder decoder(options, grid);
  nn::State state;
  encoder.list("encoder", state);
  decoder.list("decoder", state);
  testing_support::to_double(state);
  const at::Tensor u = at::randn({3, 2, grid.height, 21}, at::kDouble);
  const at::Tensor cotangent = at::randn({3, 2, grid.height, 40}, at::kDouble);
  EXPECT_EQ(encoder(u, true).sizes(), (std::vector<std::int64_t>{3, 7, grid.height, 5}));
  testing_support::expect_gradients(state, 2e-5, [&] { return (decoder(encoder(u, true), true) * cotangent).sum(); });
}

// With running statistics equal to the batch's, evaluation is training: biases left to the norm come back.
TEST_P(Height, EvaluationUsesTheRunningStatistics) {
  at::manual_seed(3);
  const SeparableStrided strided(4, 6, Taps::down, GetParam() == 1);
  const SeparableResidual residual(6, 5, GetParam() == 1);
  nn::State state;
  strided.list("a", state);
  residual.list("b", state);
  testing_support::to_double(state);
  const at::Tensor x = at::randn({64, 4, GetParam(), 20}, at::kDouble);
  const auto run = [&](bool training) {
    const Mode mode{training, 0.0};
    return residual(strided(x, mode), mode);
  };
  const at::NoGradGuard no_grad;
  at::Tensor trained;
  for (int i = 0; i < 200; ++i) trained = run(true);
  EXPECT_LT(largest(run(false) - trained), 2e-3 * largest(trained));  // the running variance is the unbiased one
}

}  // namespace
}  // namespace autodidact::autoencoder
