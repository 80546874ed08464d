#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/correlation.hpp"
#include "metrics/families.hpp"
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

// Thousands of real series in the order of their classes, as files of the archive have them, against mixed ones.
TEST(Kid, TheOrderOfClassesIsNoDifference) {
  const std::int64_t n = 2400;
  const at::Tensor sorted = noise({n, 2}, 1) + 4 * at::arange(n, at::kLong).ge(n / 2).to(at::kDouble).unsqueeze(1);
  const at::Tensor mixed = noise({n, 2}, 2) + 4 * at::arange(n, at::kLong).remainder(2).to(at::kDouble).unsqueeze(1);
  MeasureInput input;
  input.fcn = Extractor{"digest", nullptr, nullptr, nullptr};
  input.seed = 1;
  Seen seen;
  seen.fcn = {mixed, sorted, noise({n, 2}, 3) + 4};
  Report report(1);
  measure_discrepancy(input, {}, seen, floor_rows(seen.fcn, 1, 2), report);
  const Measurement row = report.finish().front();
  EXPECT_LT(std::abs(row.floor), 0.1 * row.value) << row.value;
  EXPECT_GT(row.low, 0);
  EXPECT_NE(row.note.find("at most 1000 rows"), std::string::npos) << row.note;
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
