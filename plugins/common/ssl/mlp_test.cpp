#include "common/ssl/mlp.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/ssl/column_norm.hpp"
#include "common/ssl/test_support.hpp"

namespace autodidact::ssl {
namespace {

using namespace testing_support;

// All parameters and buffers in float64, away from their start values.
nn::State in_float64(Mlp& m) {
  const auto widen = [](nn::Linear& l) {
    l.weight = leaf64(l.weight);
    if (l.bias.defined()) l.bias = leaf64(l.bias);
  };
  for (Mlp::Hidden& layer : m.hidden) {
    widen(layer.linear);
    nn::BatchNorm& n = layer.norm;
    n.weight = leaf64(at::rand_like(n.weight) + 0.5);
    n.bias = leaf64(at::randn_like(n.bias));
    n.running_mean = n.running_mean.to(at::kDouble);
    n.running_var = n.running_var.to(at::kDouble);
  }
  widen(m.last);
  nn::State state;
  m.list("mlp", state);
  return state;
}

std::vector<at::Tensor> tensors(const std::vector<Parameter>& parameters) {
  std::vector<at::Tensor> all;
  for (const Parameter& p : parameters) all.push_back(p.tensor);
  return all;
}

struct MlpTest : testing::Test {
  void SetUp() override { at::manual_seed(3); }
  Mlp projector{{5, 70, 70, 70}, Precision::fp32};  // 70 columns: a whole block and a part
  at::Tensor a = at::randn({6, 5}), b = at::randn({6, 5}) * 2 + 1;
};

// Values, gradients of inputs and parameters, and running statistics.
void expect_equal_to_one_layer_at_a_time(Mlp fused, const at::Tensor& a, const at::Tensor& b) {
  const nn::State state = in_float64(fused);
  Mlp plain = fused;
  for (Mlp::Hidden& layer : plain.hidden) {
    layer.norm.running_mean = layer.norm.running_mean.clone();
    layer.norm.running_var = layer.norm.running_var.clone();
  }
  const std::int64_t width = fused.last.weight.size(0);
  const at::Tensor x = leaf64(a), y = leaf64(b), cotangent = at::randn({2, a.size(0), width}, at::kDouble);
  const auto gradients = [&](const at::Tensor& p, const at::Tensor& q) {
    std::vector<at::Tensor> all = tensors(state.parameters);
    all.insert(all.end(), {x, y});
    for (at::Tensor& t : all) t.mutable_grad().reset();
    (p * cotangent[0] + q * cotangent[1]).sum().backward();
    for (at::Tensor& t : all) t = t.grad();
    return all;
  };
  const auto [p, q] = fused(x, y);
  const std::vector<at::Tensor> got = gradients(p, q);
  const at::Tensor p_plain = plain.layer_by_layer(x), q_plain = plain.layer_by_layer(y);
  const std::vector<at::Tensor> want = gradients(p_plain, q_plain);

  EXPECT_LT(relative_error(p, p_plain), 1e-12);
  EXPECT_LT(relative_error(q, q_plain), 1e-12);
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_LT((got[i] - want[i]).abs().max().item<double>(), 1e-11 * (1 + want[i].abs().max().item<double>())) << i;
  for (std::size_t k = 0; k < fused.hidden.size(); ++k) {
    const nn::BatchNorm &f = fused.hidden[k].norm, &w = plain.hidden[k].norm;
    EXPECT_LT(relative_error(f.running_mean, w.running_mean), 1e-12);
    EXPECT_LT(relative_error(f.running_var, w.running_var), 1e-12);
  }
}

TEST_F(MlpTest, EqualsOneViewAndOneLayerAtATime) {
  expect_equal_to_one_layer_at_a_time(projector, a, b);
  expect_equal_to_one_layer_at_a_time(Mlp({5, 9, 3}, Precision::fp32), a, b);
  expect_equal_to_one_layer_at_a_time(Mlp({5, 9, 9, 7}, Precision::fp32, /*last_bias=*/false), a, b);
  expect_equal_to_one_layer_at_a_time(Mlp({5, 4}, Precision::fp32), a, b);
}

TEST_F(MlpTest, GradientsEqualFiniteDifferences) {
  for (const bool last_bias : {true, false}) {
    Mlp small({3, 4, 5, 2}, Precision::fp32, last_bias);
    const nn::State state = in_float64(small);
    const at::Tensor x = leaf64(a.narrow(1, 0, 3)), y = leaf64(b.narrow(1, 0, 3)),
                     cotangent = at::randn({6, 2}, at::kDouble);
    const auto f = [&] {
      const auto [p, q] = small(x, y);
      return (p * cotangent).sum() + q.square().sum();
    };
    std::vector<at::Tensor> leaves{x, y, small.last.weight};
    for (const Mlp::Hidden& h : small.hidden)
      leaves.insert(leaves.end(), {h.linear.weight, h.norm.weight, h.norm.bias});
    if (last_bias) leaves.push_back(small.last.bias);
    EXPECT_LT(gradient_error(f, leaves), 1e-6);
    for (const Mlp::Hidden& h : small.hidden)  // taken away with the mean
      EXPECT_EQ(h.linear.bias.grad().abs().max().item<double>(), 0.0);
  }
}

TEST_F(MlpTest, ParametersAreListedLayerByLayer) {
  nn::State state;
  Mlp({5, 9, 3}, Precision::fp32).list("predictor", state);
  std::vector<std::string> names;
  for (const Parameter& p : state.parameters) names.push_back(p.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"predictor.linear1.weight", "predictor.linear1.bias", "predictor.norm1.weight",
                                      "predictor.norm1.bias", "predictor.linear2.weight", "predictor.linear2.bias"}));
  EXPECT_EQ(state.buffers.size(), 2u);
}

TEST_F(MlpTest, ACopyHasTheValuesAndSharesNothing) {
  const Mlp copy = projector.copy_without_gradient();
  const auto [p, q] = copy(a, b);  // in training: moves the copy's running statistics only
  EXPECT_FALSE(p.requires_grad());
  EXPECT_EQ(projector.hidden[0].norm.running_mean.abs().max().item<double>(), 0.0);
  EXPECT_GT(copy.hidden[0].norm.running_mean.abs().max().item<double>(), 0.0);
  nn::State original, copied;
  projector.list("", original);
  copy.list("", copied);
  for (std::size_t i = 0; i < original.parameters.size(); ++i) {
    EXPECT_TRUE(at::equal(original.parameters[i].tensor, copied.parameters[i].tensor));
    EXPECT_FALSE(original.parameters[i].tensor.is_same(copied.parameters[i].tensor));
  }
}

TEST_F(MlpTest, EvaluationUsesAndKeepsTheRunningStatistics) {
  projector(a, b);
  projector.training = false;
  const at::Tensor mean = projector.hidden[0].norm.running_mean.clone();
  const auto [one, unused] = projector(a.narrow(0, 0, 1), b.narrow(0, 0, 1));
  const auto [all, unused_too] = projector(a, b);
  EXPECT_TRUE(at::allclose(one, all.narrow(0, 0, 1), 1e-5, 1e-6));
  EXPECT_TRUE(at::equal(projector.hidden[0].norm.running_mean, mean));
}

// Errors against float32 are those of any network of this depth in bfloat16: the fused form's no larger than one layer
// at a time in the same precision.
TEST_F(MlpTest, Bfloat16StaysNearFloat32) {
  Mlp wide{{16, 256, 256, 256}, Precision::fp32};
  const at::Tensor& weight = wide.hidden[1].linear.weight;
  const at::Tensor x = at::randn({64, 16}), cotangent = at::randn({64, 256});
  struct Result {
    at::Tensor out, grad;
  };
  const auto run = [&](bool fused) {
    weight.mutable_grad().reset();
    const at::Tensor out = fused ? wide(x, x).first : wide.layer_by_layer(x);
    (out * cotangent).sum().backward();
    return Result{out.detach(), weight.grad()};
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
