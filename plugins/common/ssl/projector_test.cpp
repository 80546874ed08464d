#include "common/ssl/projector.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/ssl/column_norm.hpp"
#include "common/ssl/test_support.hpp"

namespace autodidact::ssl {
namespace {

using namespace testing_support;

// All parameters and buffers in float64, away from their start values.
nn::State in_float64(Projector& p) {
  for (nn::Linear* l : {&p.first, &p.second, &p.third}) {
    l->weight = leaf64(l->weight);
    l->bias = leaf64(l->bias);
  }
  for (nn::BatchNorm* n : {&p.first_norm, &p.second_norm}) {
    n->weight = leaf64(at::rand_like(n->weight) + 0.5);
    n->bias = leaf64(at::randn_like(n->bias));
    n->running_mean = n->running_mean.to(at::kDouble);
    n->running_var = n->running_var.to(at::kDouble);
  }
  nn::State state;
  p.list("projector", state);
  return state;
}

struct ProjectorTest : testing::Test {
  void SetUp() override { at::manual_seed(3); }
  Projector projector{5, 70, Precision::fp32};  // 70 columns: a whole block and a part
  at::Tensor a = at::randn({6, 5}), b = at::randn({6, 5}) * 2 + 1;
};

TEST_F(ProjectorTest, EqualsOneViewAndOneLayerAtATime) {
  const nn::State state = in_float64(projector);
  Projector plain = projector;
  for (nn::BatchNorm* n : {&plain.first_norm, &plain.second_norm}) {
    n->running_mean = n->running_mean.clone();
    n->running_var = n->running_var.clone();
  }
  const at::Tensor x = leaf64(a), y = leaf64(b), cotangent = at::randn({2, 6, 70}, at::kDouble);
  const auto gradients = [&](const at::Tensor& p, const at::Tensor& q) {
    for (const Parameter& parameter : state.parameters) parameter.tensor.mutable_grad().reset();
    x.mutable_grad().reset();
    y.mutable_grad().reset();
    (p * cotangent[0] + q * cotangent[1]).sum().backward();
    std::vector<at::Tensor> all{x.grad(), y.grad()};
    for (const Parameter& parameter : state.parameters) all.push_back(parameter.tensor.grad());
    return all;
  };
  const auto [p, q] = projector(x, y);
  const std::vector<at::Tensor> fused = gradients(p, q);
  const at::Tensor p_plain = plain.layer_by_layer(x), q_plain = plain.layer_by_layer(y);
  const std::vector<at::Tensor> layered = gradients(p_plain, q_plain);

  EXPECT_LT(relative_error(p, p_plain), 1e-12);
  EXPECT_LT(relative_error(q, q_plain), 1e-12);
  for (std::size_t i = 0; i < fused.size(); ++i)
    EXPECT_LT((fused[i] - layered[i]).abs().max().item<double>(), 1e-11 * (1 + layered[i].abs().max().item<double>()))
        << i;
  EXPECT_LT(relative_error(projector.first_norm.running_mean, plain.first_norm.running_mean), 1e-12);
  EXPECT_LT(relative_error(projector.second_norm.running_mean, plain.second_norm.running_mean), 1e-12);
  EXPECT_LT(relative_error(projector.first_norm.running_var, plain.first_norm.running_var), 1e-12);
  EXPECT_LT(relative_error(projector.second_norm.running_var, plain.second_norm.running_var), 1e-12);
}

TEST_F(ProjectorTest, GradientsEqualFiniteDifferences) {
  Projector small{3, 4, Precision::fp32};
  in_float64(small);
  const at::Tensor x = leaf64(a.narrow(1, 0, 3)), y = leaf64(b.narrow(1, 0, 3)),
                   cotangent = at::randn({6, 4}, at::kDouble);
  const auto f = [&] {
    const auto [p, q] = small(x, y);
    return (p * cotangent).sum() + q.square().sum();
  };
  EXPECT_LT(
      gradient_error(f, {x, y, small.first.weight, small.first_norm.weight, small.first_norm.bias, small.second.weight,
                         small.second_norm.weight, small.second_norm.bias, small.third.weight, small.third.bias}),
      1e-6);
}

TEST_F(ProjectorTest, EvaluationUsesAndKeepsTheRunningStatistics) {
  projector(a, b);
  projector.training = false;
  const at::Tensor mean = projector.first_norm.running_mean.clone();
  const auto [one, unused] = projector(a.narrow(0, 0, 1), b.narrow(0, 0, 1));
  const auto [all, unused_too] = projector(a, b);
  EXPECT_TRUE(at::allclose(one, all.narrow(0, 0, 1), 1e-5, 1e-6));
  EXPECT_TRUE(at::equal(projector.first_norm.running_mean, mean));
}

// Errors against float32 are those of any network of this depth in bfloat16: the fused form's no larger than one layer
// at a time in the same precision.
TEST_F(ProjectorTest, Bfloat16StaysNearFloat32) {
  Projector wide{16, 256, Precision::fp32};
  const at::Tensor x = at::randn({64, 16}), cotangent = at::randn({64, 256});
  struct Result {
    at::Tensor out, grad;
  };
  const auto run = [&](bool fused) {
    wide.second.weight.mutable_grad().reset();
    const at::Tensor out = fused ? wide(x, x).first : wide.layer_by_layer(x);
    (out * cotangent).sum().backward();
    return Result{out.detach(), wide.second.weight.grad()};
  };
  const auto error = [](const at::Tensor& got, const at::Tensor& want) {
    return (got - want).norm().item<double>() / want.norm().item<double>();
  };
  const Result exact = run(true);
  wide.precision = Precision::bf16;
  const Result fused = run(true), layered = run(false);
  EXPECT_EQ(fused.out.scalar_type(), at::kFloat);
  EXPECT_EQ(fused.grad.scalar_type(), at::kFloat);
  EXPECT_LT(error(fused.out, exact.out), 0.02);
  EXPECT_LT(error(fused.grad, exact.grad), 0.1);
  EXPECT_LT(error(fused.grad, exact.grad), 1.2 * error(layered.grad, exact.grad));
}

TEST(ColumnNorm, KeepsNumbersThatAreNone) {
  at::Tensor h = at::randn({4, 3});
  h[1][2] = std::nan("");
  const Activated a = norm_relu(h, 2, at::ones({3}), at::zeros({3}), 1e-5);
  EXPECT_TRUE(a.out.isnan().any().item<bool>());
  EXPECT_FALSE(a.out.narrow(1, 0, 2).isnan().any().item<bool>());
}

TEST(ColumnNorm, ByHand) {
  // One view, one column (1, 3): mean 2, variance 1. Gain 2, shift 1: relu(-1) and 3.
  const at::Tensor h = at::tensor({1.0, 3.0}, at::kDouble).view({2, 1});
  const Activated a = norm_relu(h, 1, at::full({1}, 2.0, at::kDouble), at::ones({1}, at::kDouble), 0.0);
  EXPECT_DOUBLE_EQ(a.out[0].item<double>(), 0.0);
  EXPECT_DOUBLE_EQ(a.out[1].item<double>(), 3.0);
  EXPECT_DOUBLE_EQ(a.moments.variance.item<double>(), 1.0);
}

}  // namespace
}  // namespace autodidact::ssl
