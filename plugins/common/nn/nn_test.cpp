#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "common/nn/batch_norm.hpp"
#include "common/nn/conv.hpp"
#include "common/nn/embedding.hpp"
#include "common/nn/layer_norm.hpp"
#include "common/nn/linear.hpp"
#include "common/nn/narrow_transpose.hpp"
#include "common/nn/norm_act.hpp"
#include "common/nn/weight_norm.hpp"

namespace autodidact::nn {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

// Largest difference; for bfloat16, where a rounded value may fall on the other side of LeakyReLU's corner, the norm of
// the difference relative to that of `want`.
double error(const at::Tensor& got, const at::Tensor& want) {
  if (got.scalar_type() != at::kBFloat16) return largest(got - want);
  return (got - want).norm().item<double>() / want.norm().item<double>();
}

// A norm with statistics and parameters that are not the trivial ones, in `type`.
BatchNorm some_norm(std::int64_t features, at::ScalarType type) {
  BatchNorm norm(features);
  norm.weight = leaf(at::rand({features}, type) + 0.5);
  norm.bias = leaf(at::randn({features}, type));
  norm.running_mean = at::randn({features}, type);
  norm.running_var = at::rand({features}, type) + 0.5;
  return norm;
}
BatchNorm copy_of(const BatchNorm& norm) {
  BatchNorm out = norm;
  out.weight = leaf(norm.weight.detach().clone());
  out.bias = leaf(norm.bias.detach().clone());
  out.running_mean = norm.running_mean.clone();
  out.running_var = norm.running_var.clone();
  return out;
}

at::Tensor map(at::ScalarType type, std::int64_t channels = 5) {
  return (at::randn({3, channels, 4, 6}, type) + 2.0).contiguous(at::MemoryFormat::ChannelsLast);
}

// norm_act as separate operators.
NormActOutput by_parts(const BatchNorm& norm, const NormActInput& input, double slope) {
  at::Tensor s = input.x + input.absorbed_bias.view({1, -1, 1, 1});
  if (input.residual.defined()) s = s + input.residual;
  const at::Tensor normed = norm(s, /*training=*/true);
  return {normed, at::leaky_relu(normed, slope)};
}

struct Case {
  at::ScalarType type;
  bool residual;
  NormActWanted wanted;
};
class NormAct : public ::testing::TestWithParam<Case> {};

TEST_P(NormAct, EqualsItsParts) {
  const auto [type, with_residual, wanted] = GetParam();
  at::manual_seed(1);
  const bool half = type == at::kBFloat16;
  const double tolerance = type == at::kDouble ? 1e-12 : half ? 0.15 : 2e-5;
  const at::ScalarType arithmetic = half ? at::kFloat : type;
  const BatchNorm ours = some_norm(5, arithmetic), theirs = copy_of(ours);
  const at::Tensor x = leaf(map(type)), r = leaf(map(type)), b = leaf(at::randn({5}, arithmetic));
  const at::Tensor x2 = leaf(x.detach().to(arithmetic)), r2 = leaf(r.detach().to(arithmetic)),
                   b2 = leaf(b.detach().clone());

  const NormActOutput got = norm_act(ours, {x, with_residual ? r : at::Tensor(), b}, 0.01, wanted);
  const NormActOutput want = by_parts(theirs, {x2, with_residual ? r2 : at::Tensor(), b2}, 0.01);
  const at::Tensor c1 = map(arithmetic) - 2.0, c2 = map(arithmetic) - 2.0;
  at::Tensor loss = at::zeros({}, arithmetic), loss2 = at::zeros({}, arithmetic);
  if (wanted != NormActWanted::activated) {
    EXPECT_LT(error(got.normed, want.normed), tolerance);
    loss = loss + (got.normed * c1).sum(), loss2 = loss2 + (want.normed * c1).sum();
  }
  if (wanted != NormActWanted::normed) {
    EXPECT_LT(error(got.activated, want.activated), tolerance);
    loss = loss + (got.activated * c2).sum(), loss2 = loss2 + (want.activated * c2).sum();
  }
  loss.backward();
  loss2.backward();
  EXPECT_LT(error(x.grad(), x2.grad()), tolerance);
  if (with_residual) {
    EXPECT_LT(error(r.grad(), r2.grad()), tolerance);
  }
  EXPECT_LT(largest(ours.weight.grad() - theirs.weight.grad()), 30 * tolerance);
  EXPECT_LT(largest(ours.bias.grad() - theirs.bias.grad()), 30 * tolerance);
  EXPECT_EQ(largest(b.grad()), 0.0);  // exactly; the parts give rounding noise
  EXPECT_LT(largest(b2.grad()), 1e-3);
  EXPECT_LT(largest(ours.running_mean - theirs.running_mean), tolerance);
  EXPECT_LT(largest(ours.running_var - theirs.running_var), tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    All, NormAct,
    ::testing::Values(Case{at::kDouble, false, NormActWanted::activated}, Case{at::kDouble, true, NormActWanted::both},
                      Case{at::kDouble, true, NormActWanted::normed}, Case{at::kFloat, false, NormActWanted::activated},
                      Case{at::kFloat, true, NormActWanted::both}, Case{at::kFloat, false, NormActWanted::normed},
                      Case{at::kBFloat16, false, NormActWanted::activated},
                      Case{at::kBFloat16, true, NormActWanted::both}));

TEST(NormActGradient, EqualsFiniteDifferences) {
  at::manual_seed(2);
  const BatchNorm norm = some_norm(3, at::kDouble);
  const at::Tensor x = leaf(map(at::kDouble, 3)), r = leaf(map(at::kDouble, 3));
  const at::Tensor c1 = map(at::kDouble, 3), c2 = map(at::kDouble, 3);
  const auto loss = [&](const at::Tensor& a, const at::Tensor& b) {
    const NormActOutput out = norm_act(norm, {a, b, {}}, 0.01, NormActWanted::both);
    return (out.normed * c1).sum() + (out.activated * c2).sum();
  };
  loss(x, r).backward();
  for (int i = 0; i < 5; ++i) {
    const at::Tensor direction = at::randn_like(x.detach());
    const double h = 1e-6;
    const double up = loss(x.detach() + h * direction, r.detach()).item<double>();
    const double down = loss(x.detach() - h * direction, r.detach()).item<double>();
    EXPECT_NEAR((x.grad() * direction).sum().item<double>(), (up - down) / (2 * h), 1e-6);
  }
  EXPECT_EQ(largest(x.grad() - r.grad()), 0.0);
}

TEST(NormActSums, KeepTheirDigitsFarFromZeroAndOverManyRows) {
  const BatchNorm norm(4);
  const at::Tensor x = at::randn({64, 4, 10, 10}, at::kDouble) * 0.1 + 1000.0;
  const NormActOutput out = norm_act(norm, {x.to(at::kFloat), {}, {}}, 0.01, NormActWanted::normed);
  const BatchNorm wide = [] {
    BatchNorm n(4);
    n.weight = n.weight.detach().to(at::kDouble), n.bias = n.bias.detach().to(at::kDouble);
    n.running_mean = n.running_mean.to(at::kDouble), n.running_var = n.running_var.to(at::kDouble);
    return n;
  }();
  EXPECT_LT(largest(out.normed.detach() - wide(x.to(at::kFloat).to(at::kDouble), true)), 2e-3);
}

TEST(NormActSums, DoNotDependOnThreads) {
  const at::Tensor x = at::randn({100, 8, 10, 10}).contiguous(at::MemoryFormat::ChannelsLast);
  const int before = at::get_num_threads();
  at::Tensor out[2], grads[2];
  for (int i = 0; i < 2; ++i) {
    at::set_num_threads(i + 1);
    const BatchNorm norm(8);
    const at::Tensor in = leaf(x.clone());
    out[i] = norm_act(norm, {in, {}, {}}, 0.01, NormActWanted::activated).activated;
    out[i].square().sum().backward();
    grads[i] = in.grad();
  }
  at::set_num_threads(before);
  EXPECT_TRUE(at::equal(out[0], out[1]));
  EXPECT_TRUE(at::equal(grads[0], grads[1]));
}

TEST(BatchNormLayer, RefusesASingleValue) {
  const BatchNorm norm(4);
  EXPECT_THROW(norm(at::randn({1, 4}), true), DataError);
  EXPECT_THROW(norm_act(norm, {at::randn({1, 4, 1, 1}), {}, {}}, 0.01, NormActWanted::normed), DataError);
  EXPECT_NO_THROW(norm(at::randn({1, 4}), false));
}

TEST(NarrowTranspose, EqualsTheConvolution) {
  at::manual_seed(3);
  for (const ConvShape& shape : {ConvShape{{3, 4}, {1, 2}, {1, 1}}, ConvShape{{3, 3}, {2, 3}, {0, 1}},
                                 ConvShape{{2, 5}, {3, 1}, {1, 2}}, ConvShape{{1, 1}, {2, 2}, {0, 0}}}) {
    ConvTranspose2d layer(6, 2, shape);
    layer.weight = leaf(layer.weight.detach().to(at::kDouble)), layer.bias = leaf(layer.bias.detach().to(at::kDouble));
    const at::Tensor x = leaf(at::randn({2, 6, 4, 5}, at::kDouble)), x2 = leaf(x.detach().clone());
    ConvTranspose2d same = layer;
    same.weight = leaf(layer.weight.detach().clone()), same.bias = leaf(layer.bias.detach().clone());
    const at::Tensor got = narrow_transpose(layer, x), want = same(x2);
    ASSERT_EQ(got.sizes(), want.sizes());
    EXPECT_LT(largest(got - want), 1e-12);
    const at::Tensor cotangent = at::randn_like(want.detach());
    (got * cotangent).sum().backward();
    (want * cotangent).sum().backward();
    EXPECT_LT(largest(x.grad() - x2.grad()), 1e-12);
    EXPECT_LT(largest(layer.weight.grad() - same.weight.grad()), 1e-12);
    EXPECT_LT(largest(layer.bias.grad() - same.bias.grad()), 1e-12);
  }
}

TEST(Layers, StartAsInPyTorch) {
  at::manual_seed(4);
  const Linear linear(100, 30);
  EXPECT_EQ(linear.weight.sizes(), (std::vector<std::int64_t>{30, 100}));
  EXPECT_LE(largest(linear.weight), 0.1);  // 1 / sqrt(100)
  EXPECT_GT(largest(linear.weight), 0.099);
  EXPECT_LE(largest(linear.bias), 0.1);
  const Conv2d conv(4, 8, {{3, 4}, {1, 2}, {1, 1}});
  EXPECT_LE(largest(conv.weight), 1 / std::sqrt(48.0));
  const ConvTranspose2d transposed(64, 2, {{3, 4}, {1, 2}, {1, 1}});  // the fan is that of its output
  EXPECT_GT(largest(transposed.weight), 0.9 / std::sqrt(24.0));
  const Embedding table(1000, 10);
  EXPECT_NEAR(table.weight.std().item<double>(), 1.0, 0.05);
  const at::Tensor normed = LayerNorm(10)(table.weight);
  EXPECT_LT(largest(normed.mean(1)), 1e-5);
  at::manual_seed(4);
  EXPECT_TRUE(at::equal(Linear(100, 30).weight, linear.weight));
}

TEST(WeightNorm, StartsAtItsValueAndScalesEachRow) {
  const at::Tensor value = at::tensor({3.0, 4.0, 0.6, 0.8}).view({2, 2});
  WeightNorm norm(value);
  EXPECT_LT(largest(norm.weight() - value), 1e-7);
  EXPECT_LT(largest(norm.g.view({-1}) - at::tensor({5.0, 1.0})), 1e-6);
  norm.v.set_data(at::tensor({30.0, 40.0, -3.0, 4.0}).view({2, 2}));  // rows (0.6, 0.8) and (-0.6, 0.8)
  EXPECT_LT(largest(norm.weight() - at::tensor({3.0, 4.0, -0.6, 0.8}).view({2, 2})), 1e-6);
  const WeightNorm vector(at::tensor({2.0, -3.0}));
  vector.v.detach().mul_(7.0);
  EXPECT_LT(largest(vector.weight() - at::tensor({2.0, -3.0})), 1e-6);
}

TEST(State, ListsHandlesAndMovesThem) {
  const Linear linear(3, 2);
  const BatchNorm norm(2);
  State state;
  linear.list("a", state);
  norm.list("b", state);
  ASSERT_EQ(state.parameters.size(), 4u);
  ASSERT_EQ(state.buffers.size(), 2u);
  EXPECT_EQ(state.parameters[1].name, "a.bias");
  EXPECT_EQ(state.buffers[1].name, "b.running_var");
  linear(at::ones({1, 3})).sum().backward();
  move(state, at::kCPU);
  EXPECT_FALSE(linear.weight.grad().defined());
  EXPECT_TRUE(linear.weight.requires_grad());
  at::Tensor(state.buffers[0].tensor).fill_(7.0);
  EXPECT_EQ(largest(norm.running_mean), 7.0);
}

}  // namespace
}  // namespace autodidact::nn
