#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/correlation.hpp"
#include "metrics/mmd.hpp"
#include "metrics/pooled.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

TEST(Mmd, OfASetWithItselfIsZeroAndGrowsWithAShift) {
  const at::Tensor x = noise({40, 3}, 1), y = noise({40, 3}, 2);
  const double scale = median_distance(x);
  EXPECT_NEAR(gaussian_mmd2(x, x, scale), 0, 1e-14);
  EXPECT_LT(gaussian_mmd2(x, y, scale), gaussian_mmd2(x, y + 1, scale));
  EXPECT_LT(kernel_distance(x, y).mmd2, kernel_distance(x, y + 1).mmd2);
}

TEST(Mmd, TheKernelDistanceAloneIsTheSame) {
  for (const std::int64_t m : {4, 9, 130}) {
    const at::Tensor x = noise({m, 7}, 1), y = noise({m, 7}, 2) + 0.3;
    EXPECT_NEAR(kernel_mmd2(x, y), kernel_distance(x, y).mmd2, 1e-12) << m;
  }
}

TEST(Mmd, BlocksChangeNothing) {
  // More rows than a block of distances holds, against the plain sums.
  const at::Tensor x = noise({700, 2}, 1), y = noise({2100, 2}, 2);
  const auto mean = [](const at::Tensor& a, const at::Tensor& b) {
    return (at::cdist(a, b).square() * -0.5).exp().mean().item<double>();
  };
  EXPECT_NEAR(gaussian_mmd2(x, y, 1.0), mean(x, x) + mean(y, y) - 2 * mean(x, y), 1e-9);
}

TEST(Mmd, MedianOfDistancesByHand) {
  // distances of 0, 1, 3: 1, 3, 2
  EXPECT_NEAR(median_distance(at::tensor({0.0, 1.0, 3.0}, at::kDouble).view({3, 1})), 2, 1e-15);
}

TEST(Correlation, SeesADependenceBetweenChannelsAndNothingElse) {
  const at::Tensor x = noise({50, 1, 40}, 1), y = noise({50, 1, 40}, 2);
  const at::Tensor independent = at::cat({x, y}, 1), dependent = at::cat({x, 5 * x + 3}, 1);
  EXPECT_NEAR(correlational_score(independent, independent), 0, 1e-15);
  EXPECT_NEAR(correlational_score(independent, dependent), 0.1, 0.01);  // one pair, correlation 1 instead of 0
  EXPECT_TRUE(std::isnan(correlational_score(independent, at::cat({x, at::ones_like(x)}, 1))));
}

TEST(Pooled, LimitsAndScale) {
  const at::Tensor x = noise({30, 1, 20}, 1), y = noise({30, 1, 20}, 2);
  for (const auto& measure : {mdd_kde, acd_raw, sd_pooled, kd_pooled}) {
    EXPECT_EQ(measure(x, x), 0);
    EXPECT_GT(measure(x, y), 0);
  }
  EXPECT_NEAR(acd_raw(2 * x, 2 * y), 4 * acd_raw(x, y), 1e-9);
  EXPECT_NEAR(kd_pooled(2 * x, 2 * y), kd_pooled(x, y), 1e-9);
}

}  // namespace
}  // namespace autodidact
