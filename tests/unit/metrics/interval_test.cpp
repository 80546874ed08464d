#include "metrics/interval.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/families.hpp"
#include "metrics/random.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

// The mean is the one measure whose interval is known: 1.96 sigma / sqrt(n).
TEST(Interval, OfAMeanHasTheWidthThatTheoryGives) {
  for (const std::int64_t m : {200, 100, 40}) {
    const std::int64_t n = 400;
    const at::Tensor x = noise({n}, 1);
    Stream64 stream = stream_for(1, "test");
    std::vector<double> draws;
    for (int i = 0; i < 2000; ++i) draws.push_back(x.index_select(0, draw_subset(n, m, stream)).mean().item<double>());
    const auto [low, high] = interval_around(5.0, draws, deviation_scale(m, n));
    const double width = 2 * 1.96 * x.std().item<double>() / 20;
    EXPECT_NEAR(high - low, width, 0.08 * width) << m;
    EXPECT_NEAR(low + high, 10.0, 0.1 * width);
  }
}

TEST(Interval, CoversTheTruthInNineteenOfTwentySets) {
  int covered = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const at::Tensor x = noise({100}, 100 + static_cast<std::uint64_t>(trial));
    Stream64 stream = stream_for(static_cast<std::uint64_t>(trial), "test");
    std::vector<double> draws;
    for (int i = 0; i < kIntervalDraws; ++i)
      draws.push_back(x.index_select(0, draw_subset(100, 50, stream)).mean().item<double>());
    const auto [low, high] = interval_around(x.mean().item<double>(), draws, deviation_scale(50, 100));
    covered += low < 0 && 0 < high;
  }
  EXPECT_GT(covered, 300 * 0.90);
  EXPECT_LT(covered, 300 * 0.99);
}

TEST(Interval, SubsetsHaveNoRowTwiceAndStayTheSame) {
  const auto first = interval_subsets(20, 10, 30, 15, 1), again = interval_subsets(20, 10, 30, 15, 1);
  ASSERT_EQ(first.size(), static_cast<std::size_t>(kIntervalDraws));
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(first[i].real.equal(again[i].real));
    EXPECT_EQ(std::get<0>(at::_unique2(first[i].real)).size(0), 10);
    EXPECT_EQ(std::get<0>(at::_unique2(first[i].generated)).size(0), 15);
  }
}

TEST(Interval, OfFewDrawsOrNoValueIsNone) {
  EXPECT_TRUE(std::isnan(interval_around(1.0, {2.0}, 1).first));
  EXPECT_TRUE(std::isnan(interval_around(kNone, {2.0, 3.0}, 1).second));
  EXPECT_FALSE(std::isnan(interval_around(1.0, {2.0, kNone, 3.0}, 1).first));
}

TEST(Interval, OfRepeatsIsStudents) {
  Measurement row;
  put_repeats({1.0, 2.0, 3.0, 4.0, 5.0}, row);
  EXPECT_DOUBLE_EQ(row.value, 3.0);
  EXPECT_NEAR(row.std, std::sqrt(2.5), 1e-12);
  EXPECT_NEAR(row.high - row.value, 2.7764451 * std::sqrt(2.5 / 5), 1e-6);  // t of 4 degrees of freedom
  EXPECT_EQ(row.repeats, 5);
  Measurement one;
  one.low = kNone;
  put_repeats({7.0}, one);
  EXPECT_DOUBLE_EQ(one.value, 7.0);
  EXPECT_TRUE(std::isnan(one.low));
}

TEST(Interval, OfAShareIsWilsons) {
  const auto [low, high] = share_interval(0.5, 100);
  EXPECT_NEAR(low, 0.40383, 1e-4);
  EXPECT_NEAR(high, 0.59617, 1e-4);
  EXPECT_GT(share_interval(0.0, 10).second, 0.2);
  EXPECT_GE(share_interval(0.0, 10).first, -1e-12);
}

}  // namespace
}  // namespace autodidact
