#include "metrics/tsgbench.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

// Bins of width 1 from 0 to 50; 1.0 lies on the edge of two and belongs to neither.
TEST(Marginal, AGeneratedValueOnAnEdgeIsInNoBin) {
  const at::Tensor real = at::tensor({0.0, 0.0, 0.0, 50.0}, at::kDouble).view({2, 1, 2});
  const at::Tensor edge = at::tensor({0.0, 1.0, 0.0, 1.0}, at::kDouble).view({2, 1, 2});
  EXPECT_NEAR(marginal_distance(real, edge, true).components.mean().item<double>(), (0.5 + 0.5) / 50, 1e-12);
  const at::Tensor inside = edge + 0.25;
  EXPECT_NEAR(marginal_distance(real, inside, true).components.mean().item<double>(), (0.5 + 0.5 + 1.0) / 50, 1e-12);
}

TEST(Mdd, HandComputed) {
  // Step 2 of two: real values 0 and 50, bins of width 1. Real density 0.5 in the first and the last bin. Generated 0.5
  // falls into the first, 10.5 into the eleventh: 0.5 in each. Differences 0, 0.5, 0.5 over 50 bins.
  const at::Tensor real = at::tensor({7.0, 0.0, 7.0, 50.0}, at::kDouble).view({2, 1, 2});
  const at::Tensor made = at::tensor({7.0, 0.5, 7.0, 10.5}, at::kDouble).view({2, 1, 2});
  const MarginalDistance found = marginal_distance(real, made, true);
  EXPECT_EQ(found.components.numel(), 1);
  EXPECT_NEAR(found.components.item<double>(), 1.0 / 50, 1e-15);
  EXPECT_EQ(found.constant, 0);
  EXPECT_EQ(found.out_of_range, 0);
}

TEST(Mdd, ValuesOutsideTheRealRangeAreCountedNotBinned) {
  const at::Tensor real = noise({200, 1, 3}, 1);
  const MarginalDistance found = marginal_distance(real, real + 100, true);
  EXPECT_EQ(found.out_of_range, 1.0);
  const at::Tensor x = real.select(1, 0).narrow(1, 1, 2);
  const at::Tensor width = (x.amax(0) - x.amin(0)) / 50;
  EXPECT_TRUE(found.components.flatten().allclose(1.0 / (50 * width)));  // the mean real density
}

TEST(Mdd, ConstantStepsAreLeftOutAndCounted) {
  at::Tensor real = noise({30, 2, 5}, 1);
  real.select(1, 1).select(1, 3).fill_(0.5);
  const MarginalDistance found = marginal_distance(real, noise({30, 2, 5}, 2), true);
  EXPECT_EQ(found.constant, 1);
  EXPECT_TRUE(found.components[1][2].isnan().item<bool>());
  EXPECT_EQ(found.components.isnan().sum().item<std::int64_t>(), 1);
}

TEST(Acf, LagZeroIsOneAndAnAlternatingSeriesAlternates) {
  const at::Tensor signs = at::pow(-1.0, at::arange(20, at::kDouble)).view({1, 1, 20}).expand({3, 1, 20});
  const at::Tensor acf = autocorrelation(signs, 20).flatten();
  EXPECT_TRUE(acf.allclose(at::pow(-1.0, at::arange(20, at::kDouble))));
}

TEST(Acf, EqualsTheDefinition) {
  const at::Tensor x = noise({6, 2, 45}, 4) + 3;
  const at::Tensor c = x - x.mean(at::IntArrayRef{0, 2}, true);
  const at::Tensor variance = c.square().mean(at::IntArrayRef{0, 2});
  const at::Tensor acf = autocorrelation(x, 45);
  for (const std::int64_t k : {0, 1, 17, 44}) {
    const at::Tensor want = (c.narrow(2, k, 45 - k) * c.narrow(2, 0, 45 - k)).mean(at::IntArrayRef{0, 2}) / variance;
    EXPECT_TRUE(acf[k].allclose(want, 1e-12, 1e-12)) << k;
  }
}

TEST(Moments, HandComputed) {
  // 0, 0, 0, 4: mean 1, squares 1, 1, 1, 9, cubes -1, -1, -1, 27, fourth powers 1, 1, 1, 81
  const at::Tensor x = at::tensor({0.0, 0.0, 0.0, 4.0}, at::kDouble).view({2, 1, 2});
  EXPECT_NEAR(skewness(x).item<double>(), 6.0 / std::pow(4.0, 1.5), 1e-14);
  EXPECT_NEAR(kurtosis(x).item<double>(), 21.0 / 9.0 - 3.0, 1e-14);
}

std::vector<Measurement> rows_of(const Sets& series) {
  Report report(1);
  measure_tsgbench(series, floor_rows(series, 1, 3), report);
  return report.finish();
}

TEST(Tsgbench, IdenticalSetsGiveZeroButForMdd) {
  const at::Tensor x = noise({40, 2, 30}, 1);
  const auto rows = rows_of({noise({40, 2, 30}, 2), x, x});
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].name, "mdd");
  EXPECT_GT(rows[0].value, 0);  // extremes stand on bin edges
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(rows[i].value, 0) << rows[i].name;
  for (const auto& row : rows) {
    EXPECT_GT(row.floor, row.value);
    EXPECT_EQ(row.status, "ok");
  }
}

TEST(Tsgbench, OneConstantChannelDegradesAllConstantIsUndefined) {
  at::Tensor real = noise({40, 2, 30}, 1), made = noise({40, 2, 30}, 2);
  real.select(1, 0).fill_(0.25);
  for (const auto& row : rows_of({real, real, made})) {
    EXPECT_EQ(row.status, "degraded") << row.name;
    EXPECT_TRUE(std::isfinite(row.value));
  }
  for (const auto& row : rows_of({real, real.narrow(1, 0, 1), made.narrow(1, 0, 1)})) {
    EXPECT_EQ(row.status, "undefined") << row.name;
    EXPECT_TRUE(std::isnan(row.value));
  }
}

}  // namespace
}  // namespace autodidact
