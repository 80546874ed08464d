#include "metrics/inception.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

at::Tensor one_hot_rows(std::int64_t n, std::int64_t k) {
  return at::one_hot(at::arange(n, at::kLong).remainder(k), k).to(at::kDouble);
}

at::Tensor soft_rows(std::int64_t n, std::int64_t k) {
  return at::randn({n, k}, at::make_generator<at::CPUGeneratorImpl>(5), at::kDouble).mul(2).softmax(1);
}

TEST(Inception, UniformRowsScoreOne) {
  EXPECT_NEAR(inception_score(at::full({50, 4}, 0.25, at::kDouble), 1).mean, 1.0, 1e-12);
}

TEST(Inception, ConfidentBalancedRowsScoreTheNumberOfClasses) {
  EXPECT_NEAR(inception_score(one_hot_rows(60, 6), 1).mean, 6.0, 1e-9);
}

TEST(Inception, HandComputed) {
  // pbar = (0.5, 0.5); KL of each row to it: 0.9 ln 1.8 + 0.1 ln 0.2
  const at::Tensor p = at::tensor({0.9, 0.1, 0.1, 0.9}, at::kDouble).view({2, 2});
  EXPECT_NEAR(inception_score(p, 1).mean, std::exp(0.9 * std::log(1.8) + 0.1 * std::log(0.2)), 1e-12);
}

TEST(Inception, RowsCarryTheRealTestSetAsFloorAtEqualCounts) {
  MeasureInput input;
  input.fcn = Extractor{"digest", nullptr, nullptr, nullptr};
  Seen seen;
  seen.probabilities_test = one_hot_rows(40, 4);
  seen.probabilities_samples = soft_rows(100, 4);
  Report report(1);
  measure_inception(input, seen, report);
  const auto rows = report.finish();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].name, "is");
  EXPECT_NEAR(rows[0].floor, 4.0, 1e-9);
  EXPECT_EQ(rows[0].n_floor, 40);
  EXPECT_NEAR(rows[0].floor_halves, 4.0, 0.3);  // halves are not balanced to the last row
  EXPECT_LT(rows[0].low, rows[0].value);
  EXPECT_GT(rows[0].high, rows[0].value);
  EXPECT_EQ(rows[1].repeats, 10);
}

TEST(Inception, FewerThanTenSamplesIsDegradedFewerThanTwoUndefined) {
  MeasureInput input;
  input.fcn = Extractor{};
  for (const std::int64_t n : {9, 1}) {
    Seen seen;
    seen.probabilities_test = seen.probabilities_samples = soft_rows(n, 3);
    Report report(1);
    measure_inception(input, seen, report);
    const auto rows = report.finish();
    EXPECT_EQ(rows[0].status, n == 1 ? "undefined" : "ok");
    EXPECT_EQ(rows[1].status, n == 1 ? "undefined" : "degraded");
  }
}

}  // namespace
}  // namespace autodidact
