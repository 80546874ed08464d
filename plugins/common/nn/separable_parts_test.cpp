// The fused parts of separable networks against the same from LibTorch's operators, and finite differences.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/nn/depthwise.hpp"
#include "common/nn/drop_add.hpp"
#include "common/nn/snake.hpp"
#include "common/nn/unit_rows.hpp"
#include "common/nn/weight_norm.hpp"

namespace autodidact::nn {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }
at::Tensor map(std::int64_t channels, at::ScalarType type) {
  return at::randn({3, channels, 2, 7}, type).contiguous(at::MemoryFormat::ChannelsLast);
}
at::Tensor snake_by_parts(const at::Tensor& x, const at::Tensor& a) {
  const at::Tensor wide = a.view({1, -1, 1, 1});
  return x + (x * wide).sin().square() / wide;
}

class SnakeTypes : public ::testing::TestWithParam<std::pair<at::ScalarType, std::int64_t>> {};
TEST_P(SnakeTypes, EqualsItsParts) {
  const auto [type, channels] = GetParam();
  at::manual_seed(1);
  Snake snake(channels);
  EXPECT_GE(snake.a.min().item<float>(), 0.2f);
  EXPECT_LT(snake.a.max().item<float>(), 0.5f);
  snake.a = leaf(snake.a.detach().to(type) * 4.0);
  const at::Tensor x = leaf(map(channels, type) * 5.0), x2 = leaf(x.detach().to(at::kDouble));
  const at::Tensor a2 = leaf(snake.a.detach().to(at::kDouble));
  const at::Tensor got = snake(x), want = snake_by_parts(x2, a2);
  const double tolerance = type == at::kDouble ? 1e-12 : 6e-6;
  EXPECT_LT(largest(got - want), tolerance);
  const at::Tensor cotangent = map(channels, at::kDouble);
  (got * cotangent.to(type)).sum().backward();
  (want * cotangent).sum().backward();
  EXPECT_LT(largest(x.grad() - x2.grad()), tolerance);
  EXPECT_LT(largest(snake.a.grad() - a2.grad()), 100 * tolerance);
}
INSTANTIATE_TEST_SUITE_P(All, SnakeTypes,
                         ::testing::Values(std::pair{at::kDouble, 5}, std::pair{at::kFloat, 4},
                                           std::pair{at::kFloat, 5}, std::pair{at::kFloat, 128}));

TEST(Snake, GradientsEqualFiniteDifferences) {
  at::manual_seed(2);
  const at::Tensor x = leaf(map(3, at::kDouble)), a = leaf(at::tensor({0.3, -1.7, 2.0}, at::kDouble));
  const at::Tensor cotangent = map(3, at::kDouble);
  Snake snake(3);
  const auto loss = [&](const at::Tensor& at_x, const at::Tensor& at_a) {
    snake.a = at_a;
    return (snake(at_x) * cotangent).sum();
  };
  loss(x, a).backward();
  const at::Tensor dx = at::randn_like(x.detach()), da = at::randn_like(a.detach());
  const double h = 1e-6;
  const double up = loss(x.detach() + h * dx, a.detach() + h * da).item<double>();
  const double down = loss(x.detach() - h * dx, a.detach() - h * da).item<double>();
  EXPECT_NEAR((up - down) / (2 * h), ((x.grad() * dx).sum() + (a.grad() * da).sum()).item<double>(), 1e-7);
}

TEST(Snake, HasALimitAtZeroAndStaysBoundedFarOut) {
  const at::Tensor x = leaf(at::tensor({2.0f, -3.0f, 1e6f, 1e30f}).view({1, 1, 1, 4}));
  Snake snake(1);
  snake.a = leaf(at::zeros({1}));
  const at::Tensor y = snake(x.narrow(3, 0, 2));
  EXPECT_EQ(largest(y - x.narrow(3, 0, 2)), 0.0);
  y.sum().backward();
  EXPECT_NEAR(snake.a.grad().item<double>(), 13.0, 1e-5);  // x^2 of both
  EXPECT_EQ(largest(x.grad().narrow(3, 0, 2) - 1), 0.0);
  snake.a = leaf(at::ones({1}));
  const at::Tensor far = snake(x) - x;
  EXPECT_GE(far.min().item<double>(), 0.0);
  EXPECT_LE(far.narrow(3, 0, 3).max().item<double>(), 1.1);
}

TEST(Snake, KeepsNotANumber) {
  Snake snake(1);
  EXPECT_TRUE(snake(at::full({1, 1, 1, 1}, std::nanf(""))).isnan().all().item<bool>());
}

// Values that fill several tasks: sums do not depend on how many threads there are.
TEST(Parts, DoNotDependOnThreads) {
  const at::Tensor x = at::randn({64, 16, 2, 50}).contiguous(at::MemoryFormat::ChannelsLast), dy = at::randn_like(x);
  const at::Tensor a = at::rand({16}) + 0.2, w = at::randn({16, 1, 3, 3});
  const DepthwiseShape shape{{{3, 3}, {1, 1}, {1, 1}}, DepthwiseKind::padded};
  const int before = at::get_num_threads();
  SnakeGradient snake[2];
  DepthwiseGradient depth[2];
  for (int i = 0; i < 2; ++i) {
    at::set_num_threads(i + 1);
    snake[i] = snake_gradient(x, a, dy);
    depth[i] = depthwise_gradient(x, w, dy, shape);
  }
  at::set_num_threads(before);
  EXPECT_TRUE(at::equal(snake[0].a, snake[1].a));
  EXPECT_TRUE(at::equal(depth[0].weight, depth[1].weight));
  EXPECT_TRUE(at::equal(depth[0].x, depth[1].x));
}

at::Tensor depthwise_by_library(const at::Tensor& x, const at::Tensor& w, const at::Tensor& b,
                                const DepthwiseShape& s) {
  const auto& [kernel, stride, padding] = s.conv;
  if (s.kind == DepthwiseKind::transposed)
    return at::conv_transpose2d(x, w, b, stride, padding, /*output_padding=*/0, /*groups=*/x.size(1));
  if (s.kind == DepthwiseKind::padded) return at::conv2d(x, w, b, stride, padding, /*dilation=*/1, x.size(1));
  const at::Tensor padded = at::replication_pad2d(x, {padding[1], padding[1], padding[0], padding[0]});
  return at::conv2d(padded, w, b, stride, at::IntArrayRef{0, 0}, /*dilation=*/1, x.size(1));
}

TEST(Depthwise, EqualsTheLibrarys) {
  at::manual_seed(3);
  using Kind = DepthwiseKind;
  for (const std::int64_t channels : {2, 4, 5, 8, 16, 40})
    for (const DepthwiseShape& shape : {DepthwiseShape{{{3, 3}, {1, 1}, {1, 1}}, Kind::padded},
                                        DepthwiseShape{{{1, 3}, {1, 1}, {0, 1}}, Kind::padded},
                                        DepthwiseShape{{{3, 4}, {1, 2}, {1, 1}}, Kind::replicated},
                                        DepthwiseShape{{{1, 4}, {1, 2}, {0, 1}}, Kind::replicated},
                                        DepthwiseShape{{{3, 4}, {1, 2}, {1, 1}}, Kind::transposed},
                                        DepthwiseShape{{{1, 4}, {1, 2}, {0, 1}}, Kind::transposed}}) {
      const at::Tensor x = leaf(map(channels, at::kDouble)), b = leaf(at::randn({channels}, at::kDouble));
      const at::Tensor w = leaf(at::randn({channels, 1, shape.conv.kernel[0], shape.conv.kernel[1]}, at::kDouble));
      const at::Tensor want = depthwise_by_library(x, w, b, shape);
      const at::Tensor last = x.detach().contiguous(at::MemoryFormat::ChannelsLast);
      const at::Tensor got = depthwise_values(last, w.detach(), b.detach(), shape);
      ASSERT_EQ(got.sizes(), want.sizes());
      EXPECT_LT(largest(got - want), 1e-12);
      const at::Tensor dy = at::randn_like(got);
      (want * dy).sum().backward();
      const DepthwiseGradient grad = depthwise_gradient(last, w.detach(), dy, shape);
      EXPECT_LT(largest(grad.x - x.grad()), 1e-12);
      EXPECT_LT(largest(grad.weight - w.grad()), 1e-11);
      EXPECT_LT(largest(grad.bias - b.grad()), 1e-11);
    }
}

TEST(ScaledWeight, EqualsTheLayerAndItsGradient) {
  at::manual_seed(4);
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    WeightNorm norm(at::randn({6, 5, 1, 3}, type));
    norm.g = leaf(norm.g.detach() * 1.7);
    const at::Tensor dw = at::randn({6, 5, 1, 3}, type), w = norm.weight();
    const double tolerance = type == at::kDouble ? 1e-12 : 1e-5;
    EXPECT_LT(largest(scaled_weight(norm.g, norm.v) - w), tolerance);
    (w * dw).sum().backward();
    const ScaledWeightGradient grad = scaled_weight_gradient(norm.g.detach(), norm.v.detach(), dw);
    EXPECT_LT(largest(grad.g - norm.g.grad()), tolerance);
    EXPECT_LT(largest(grad.v - norm.v.grad()), tolerance);
  }
  const at::Tensor plain = at::randn({2, 3, 1, 1});
  EXPECT_TRUE(scaled_weight({}, plain).is_same(plain));
}

// g v / |v| by finite differences.
TEST(ScaledWeight, GradientsEqualFiniteDifferences) {
  at::manual_seed(5);
  const at::Tensor g = at::rand({3, 1, 1, 1}, at::kDouble) + 0.5, v = at::randn({3, 4, 1, 2}, at::kDouble);
  const at::Tensor dw = at::randn_like(v), along_g = at::randn_like(g), along_v = at::randn_like(v);
  const ScaledWeightGradient grad = scaled_weight_gradient(g, v, dw);
  const double h = 1e-6;
  const auto loss = [&](double step) {
    return (scaled_weight(g + step * along_g, v + step * along_v) * dw).sum().item<double>();
  };
  EXPECT_NEAR((loss(h) - loss(-h)) / (2 * h), ((grad.g * along_g).sum() + (grad.v * along_v).sum()).item<double>(),
              1e-8);
}

TEST(DropAdd, KeepsItsShareAndPassesTheSameGradients) {
  const double p = 0.3;
  const at::Tensor f = leaf(at::ones({32, 16, 4, 25})), skip = leaf(at::zeros({32, 16, 4, 25}));
  at::manual_seed(6);
  const at::Tensor y = drop_add(f, skip, p);
  const at::Tensor kept = y.detach() > 0;
  const double n = static_cast<double>(y.numel()), share = kept.to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(share, 1 - p, 5 * std::sqrt(p * (1 - p) / n));
  EXPECT_NEAR(y.max().item<double>(), 1 / (1 - p), 1e-6);
  // Neighbours are independent: as many pairs stay as chance gives.
  const at::Tensor flat = kept.contiguous(at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1}).flatten();
  for (const std::int64_t lag : {1, 2, 16, 64, 1600}) {
    const at::Tensor both = at::logical_and(flat.slice(0, lag), flat.slice(0, 0, flat.size(0) - lag));
    EXPECT_NEAR(both.to(at::kDouble).mean().item<double>(), (1 - p) * (1 - p), 0.006) << lag;
  }
  y.sum().backward();
  EXPECT_TRUE(at::equal(f.grad() > 0, kept));
  EXPECT_EQ(largest(skip.grad() - 1), 0.0);

  at::manual_seed(6);
  EXPECT_TRUE(at::equal(drop_add(f, skip, p), y));
  EXPECT_FALSE(at::equal(drop_add(f, skip, p), y));  // the next number of the generator
  EXPECT_EQ(largest(drop_add(f, skip, 0.0) - 1), 0.0);
}

TEST(UnitRows, EqualsItsPartsAndItsGradient) {
  at::manual_seed(7);
  for (const std::int64_t width : {3, 8, 21}) {
    const at::Tensor x = leaf(at::randn({5, width}, at::kDouble)), x2 = leaf(x.detach().clone());
    const at::Tensor got = unit_rows(x), want = x2 / x2.norm(2, at::IntArrayRef{1}, /*keepdim=*/true);
    EXPECT_LT(largest(got - want), 1e-14);
    const at::Tensor cotangent = at::randn_like(want.detach());
    (got * cotangent).sum().backward();
    (want * cotangent).sum().backward();
    EXPECT_LT(largest(x.grad() - x2.grad()), 1e-13);
  }
  EXPECT_EQ(largest(unit_rows(at::zeros({2, 4}))), 0.0);
}

}  // namespace
}  // namespace autodidact::nn
