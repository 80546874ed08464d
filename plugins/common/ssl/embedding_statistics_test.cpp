#include "common/ssl/embedding_statistics.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace autodidact::ssl {
namespace {

double value(const at::Tensor& t) { return t.item<double>(); }

TEST(EmbeddingStatistics, StandardDeviation) {
  // Columns (0, 2) and (1, 1): deviations sqrt(2) and 0.
  const at::Tensor z = at::tensor({0.0f, 1.0f, 2.0f, 1.0f}).view({2, 2});
  EXPECT_NEAR(value(mean_column_std(z)), std::sqrt(2.0) / 2, 1e-6);
}

TEST(EmbeddingStatistics, Correlation) {
  at::manual_seed(1);
  const at::Tensor column = at::randn({50, 1});
  EXPECT_NEAR(value(mean_abs_correlation(at::cat({column, -3 * column, column + 7}, 1))), 1.0, 1e-5);
  EXPECT_LT(value(mean_abs_correlation(at::randn({5000, 8}))), 0.05);
  EXPECT_EQ(value(mean_abs_correlation(at::ones({4, 3}))), 0.0);
  EXPECT_NEAR(value(mean_abs_correlation(column.repeat({1, 1000}), 16)), 1.0, 1e-5);  // a subset of the columns
}

TEST(EmbeddingStatistics, EffectiveRank) {
  at::manual_seed(1);
  EXPECT_NEAR(value(effective_rank(at::mm(at::randn({20, 1}), at::randn({1, 40})))), 1.0, 1e-3);
  // Rows e_1, -e_1, e_2, -e_2: two equal singular values.
  const at::Tensor axes = at::tensor({1.0f, 0.0f, -1.0f, 0.0f, 0.0f, 1.0f, 0.0f, -1.0f}).view({4, 2});
  EXPECT_NEAR(value(effective_rank(axes)), 2.0, 1e-5);
  EXPECT_EQ(value(effective_rank(at::ones({5, 3}))), 0.0);
  // Rows 0, 2, 4, 6 of 9 lie on one line, and only they are looked at.
  const at::Tensor line = at::mm(at::randn({9, 1}), at::randn({1, 5})), other = at::randn({9, 5});
  const at::Tensor odd = at::arange(9).remainder(2).unsqueeze(1).to(at::kBool);
  EXPECT_NEAR(value(effective_rank(at::where(odd, other, line), 4)), 1.0, 1e-3);
  EXPECT_GT(value(effective_rank(at::where(odd, other, line))), 1.5);
}

TEST(EmbeddingStatistics, Alignment) {
  const at::Tensor a = at::tensor({1.0f, 0.0f, 0.0f, 2.0f}).view({2, 2});
  EXPECT_NEAR(value(alignment(a, 5 * a)), 0.0, 1e-6);
  EXPECT_NEAR(value(alignment(a, -a)), 4.0, 1e-6);
  EXPECT_NEAR(value(alignment(a, a.flip(1))), 2.0, 1e-6);
}

TEST(EmbeddingStatistics, SaysNothingOfNumbersThatAreNone) {
  EXPECT_EQ(embedding_statistics(at::randn({4, 3}), at::randn({4, 3})).size(), 4u);
  EXPECT_TRUE(embedding_statistics(at::randn({4, 3}), at::full({4, 3}, std::nan(""))).empty());
}

}  // namespace
}  // namespace autodidact::ssl
