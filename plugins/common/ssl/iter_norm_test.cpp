#include "common/ssl/iter_norm.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/ssl/test_support.hpp"

namespace autodidact::ssl {
namespace {

using namespace testing_support;

struct IterNormTest : testing::Test {
  void SetUp() override { at::manual_seed(5); }
};

TEST_F(IterNormTest, GroupsFallBackAsPublished) {
  EXPECT_EQ(channels_per_group(4096, 64), 64);
  EXPECT_EQ(channels_per_group(64, 64), 1);
  EXPECT_EQ(channels_per_group(16, 64), 1);
  EXPECT_EQ(channels_per_group(160, 64), 1);  // asks for 3, which does not divide
  EXPECT_EQ(channels_per_group(256, 64), 4);
  EXPECT_EQ(channels_per_group(100, 1), 100);
}

TEST_F(IterNormTest, GradientEqualsFiniteDifferences) {
  for (const std::int64_t steps : {1, 2, 5}) {
    const at::Tensor x = leaf64(at::randn({2, 7, 6}, at::kDouble) + 1), cotangent = at::randn({2, 7, 6}, at::kDouble);
    const auto f = [&] { return (whiten(x, 3, steps, 1e-5).y * cotangent).sum(); };
    EXPECT_LT(gradient_error(f, {x}), 1e-6) << steps << " steps";
  }
}

TEST_F(IterNormTest, ViewsAndGroupsAreApart) {
  const at::Tensor x = at::randn({2, 9, 8}, at::kDouble);
  const at::Tensor both = whiten(x, 4, 5, 1e-5).y;
  const at::Tensor second = whiten(x.narrow(0, 1, 1), 4, 5, 1e-5).y;
  EXPECT_LT(relative_error(both.narrow(0, 1, 1), second), 1e-12);
  const at::Tensor last_group = whiten(x.narrow(2, 4, 4), 4, 5, 1e-5).y;
  EXPECT_LT(relative_error(both.narrow(2, 4, 4), last_group), 1e-12);
}

TEST_F(IterNormTest, CovarianceTendsToTheIdentityAsStepsGrow) {
  // Well conditioned: the iteration as published loses its symmetry to rounding, and diverges, where it must go far.
  const at::Tensor mix = at::eye(6, at::kDouble) + 0.1 * at::randn({6, 6}, at::kDouble);
  const at::Tensor x = at::mm(at::randn({400, 6}, at::kDouble), mix).unsqueeze(0) + 3;
  double before = 1e9;
  for (const std::int64_t steps : {1, 3, 5, 9}) {
    const at::Tensor y = whiten(x, 6, steps, 1e-9).y[0];
    const double distance = (at::mm(y.t(), y) / 400.0 - at::eye(6, at::kDouble)).abs().max().item<double>();
    EXPECT_LT(distance, before);
    before = distance;
  }
  EXPECT_LT(before, 1e-4);
}

// A whole group of the published width, on many more rows than it has channels.
TEST_F(IterNormTest, ManyRowsMakeTheCovarianceOf64ChannelsTheIdentity) {
  constexpr std::int64_t kRows = 4096, kChannels = 64;
  const at::Tensor mix = at::eye(kChannels, at::kDouble) + 0.03 * at::randn({kChannels, kChannels}, at::kDouble);
  const at::Tensor x = at::mm(at::randn({kRows, kChannels}, at::kDouble), mix).unsqueeze(0) - 2;
  const auto distance = [&](std::int64_t steps) {
    const at::Tensor y = whiten(x, kChannels, steps, 1e-9).y[0];
    EXPECT_LT(y.mean(0).abs().max().item<double>(), 1e-12);
    return (at::mm(y.t(), y) / static_cast<double>(kRows) - at::eye(kChannels, at::kDouble)).abs().max().item<double>();
  };
  // tr(S) = 64 leaves eigenvalues of S / tr(S) near 1/64: each step multiplies them towards 1 by at most 2.25.
  EXPECT_GT(distance(2), 0.5);
  EXPECT_LT(distance(12), 1e-6);
}

TEST_F(IterNormTest, RunningStatisticsTakeAStepPerView) {
  const IterNorm norm(8, 2, 5);
  const at::Tensor x = at::randn({2, 16, 8});
  norm(x, true);
  const Whitened w = whiten(x, 4, 5, norm.eps);
  const at::Tensor want = 0.9 * (0.1 * w.mean[0]) + 0.1 * w.mean[1];
  EXPECT_LT(relative_error(norm.running_mean, want), 1e-5);
  const at::Tensor start = at::eye(4).repeat({2, 1, 1});
  EXPECT_LT(relative_error(norm.running_matrix, 0.81 * start + 0.09 * w.matrix[0] + 0.1 * w.matrix[1]), 1e-5);
}

TEST_F(IterNormTest, EvaluationAppliesTheRunningStatistics) {
  IterNorm norm(8, 2, 5);
  const at::Tensor x = at::randn({1, 16, 8});
  norm.momentum = 1.0;  // running statistics are those of the last batch
  const at::Tensor y = norm(x, true);
  const at::Tensor matrix = norm.running_matrix.clone();
  EXPECT_LT(relative_error(norm(x, false), y.detach()), 1e-5);
  EXPECT_LT(relative_error(norm(x.narrow(1, 0, 1), false), y.detach().narrow(1, 0, 1)), 1e-5);
  EXPECT_TRUE(at::equal(norm.running_matrix, matrix));
}

TEST_F(IterNormTest, AffinePartHasItsGradients) {
  IterNorm norm(4, 1, 5);
  norm(at::randn({2, 8, 4}), true).square().sum().backward();
  EXPECT_TRUE(norm.weight.grad().defined());
  EXPECT_TRUE(norm.bias.grad().defined());
}

}  // namespace
}  // namespace autodidact::ssl
