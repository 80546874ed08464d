#include "metrics/probe.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "metrics/families.hpp"
#include "metrics/lbfgs.hpp"

namespace autodidact {
namespace {

struct Blobs {
  at::Tensor x, y;
};
// n points around k corners of a cube, `spread` wide.
Blobs blobs(std::int64_t n, std::int64_t k, double spread, std::uint64_t seed) {
  const at::Tensor y = at::arange(n, at::kLong).remainder(k);
  const at::Tensor corners = at::eye(k, 6, at::kDouble) * 4;
  const at::Tensor noise = at::randn({n, 6}, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
  return {corners.index_select(0, y) + noise * spread, y};
}

TEST(Probe, ScalingUsesTheTrainingRangeAndMapsConstantColumnsToMinusOne) {
  const at::Tensor train = at::tensor({0.0, 7.0, 4.0, 7.0}, at::kDouble).view({2, 2});
  const at::Tensor test = at::tensor({6.0, 9.0}, at::kDouble).view({1, 2});
  const ScaledFeatures scaled = scale_features(train, test);
  EXPECT_TRUE(scaled.train.equal(at::tensor({-1.0, -1.0, 1.0, -1.0}, at::kDouble).view({2, 2})));
  EXPECT_TRUE(scaled.test.equal(at::tensor({2.0, -1.0}, at::kDouble).view({1, 2})));
}

TEST(Knn, VotesAndTiesGoToTheSmallerLabel) {
  const at::Tensor train = at::tensor({0.0, 1.0, 2.0, 3.0}, at::kDouble).view({4, 1});
  const at::Tensor labels = at::tensor({2, 2, 1, 1}, at::kLong);
  const at::Tensor test = at::tensor({0.2, 1.5, 2.9}, at::kDouble).view({3, 1});
  EXPECT_TRUE(knn_predict(train, labels, test, 3, 4).equal(at::tensor({1, 1, 1}, at::kLong)));  // 2 : 2 everywhere
  EXPECT_TRUE(knn_predict(train, labels, test, 3, 1).equal(at::tensor({2, 2, 1}, at::kLong)));  // 1 before 2 at 1.5
}

TEST(Knn, FewerTrainingRowsThanNeighbours) {
  const at::Tensor train = at::tensor({0.0, 1.0}, at::kDouble).view({2, 1});
  EXPECT_TRUE(knn_predict(train, at::tensor({1, 1}, at::kLong), train, 2, 5).equal(at::tensor({1, 1}, at::kLong)));
}

TEST(Probe, AllThreeSeparateWhatIsSeparable) {
  const Blobs train = blobs(90, 5, 0.5, 1), test = blobs(200, 5, 0.5, 2);
  const ScaledFeatures scaled = scale_features(train.x, test.x);
  EXPECT_GT(accuracy(knn_predict(scaled.train, train.y, scaled.test, 5, 5), test.y), 0.98);
  EXPECT_GT(accuracy(svm_predict(scaled.train, train.y, scaled.test, 5), test.y), 0.98);
  EXPECT_GT(accuracy(logistic_predict(scaled.train, train.y, scaled.test, 5).predicted, test.y), 0.98);
}

TEST(Probe, LabelsNeedNotStartAtZeroOrComeInOrder) {
  const Blobs train = blobs(60, 3, 0.3, 1), test = blobs(60, 3, 0.3, 2);
  const at::Tensor names = at::tensor({4, 0, 2}, at::kLong);
  const at::Tensor train_y = names.index_select(0, train.y), test_y = names.index_select(0, test.y);
  EXPECT_EQ(accuracy(svm_predict(train.x, train_y, test.x, 6), test_y), 1.0);
  EXPECT_EQ(accuracy(logistic_predict(train.x, train_y, test.x, 6).predicted, test_y), 1.0);
}

TEST(Probe, RepeatsItself) {
  const Blobs train = blobs(80, 4, 2.5, 1), test = blobs(100, 4, 2.5, 2);
  EXPECT_TRUE(svm_predict(train.x, train.y, test.x, 4).equal(svm_predict(train.x, train.y, test.x, 4)));
  const LogisticResult first = logistic_predict(train.x, train.y, test.x, 4);
  const LogisticResult second = logistic_predict(train.x, train.y, test.x, 4);
  EXPECT_TRUE(first.predicted.equal(second.predicted));
  EXPECT_EQ(first.c, second.c);
}

TEST(Probe, BalancedAccuracyIsTheMeanRecallOfClassesThatOccur) {
  const at::Tensor labels = at::tensor({0, 0, 0, 2}, at::kLong), predicted = at::tensor({0, 0, 1, 1}, at::kLong);
  EXPECT_NEAR(accuracy(predicted, labels), 0.5, 1e-15);
  EXPECT_NEAR(balanced_accuracy(predicted, labels, 3), (2.0 / 3 + 0) / 2, 1e-15);
}

TEST(Lbfgs, FindsTheMinimumOfRosenbrock) {
  const Objective64 valley = [](const at::Tensor& p, at::Tensor& gradient) {
    const double x = p[0].item<double>(), y = p[1].item<double>();
    gradient = at::tensor({-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)}, at::kDouble);
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
  };
  const at::Tensor found = minimise(valley, at::tensor({-1.2, 1.0}, at::kDouble), {10, 500, 1e-9});
  EXPECT_TRUE(found.allclose(at::ones({2}, at::kDouble), 1e-6, 1e-6)) << found;
}

MeasureInput labelled(const Blobs& train, const Blobs& test, std::int64_t n_classes) {
  MeasureInput input;
  input.train_y = train.y;
  input.test_y = test.y;
  input.n_classes = n_classes;
  input.features_train["quantised/avg"] = train.x;
  input.features_test["quantised/avg"] = test.x;
  return input;
}

std::vector<Measurement> rows_of(const MeasureInput& input) {
  Report report(1);
  measure_probes(input, report);
  return report.finish();
}

TEST(Probe, RowsNameChanceAndAnInterval) {
  const auto rows = rows_of(labelled(blobs(40, 4, 3, 1), blobs(50, 4, 3, 2), 4));
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[0].name, "svm/quantised/avg");
  EXPECT_NE(rows[0].note.find("chance 0.250"), std::string::npos);
  EXPECT_LT(rows[0].low, rows[0].value);
  EXPECT_EQ(rows[0].n_real, 50);
  EXPECT_EQ(rows[0].direction, "higher");
}

TEST(Probe, WithoutLabelsNoRowsWithOneClassUndefinedWithWrongLabelsAnError) {
  MeasureInput input = labelled(blobs(40, 4, 1, 1), blobs(50, 4, 1, 2), 4);
  input.train_y.zero_();
  for (const Measurement& row : rows_of(input)) {
    EXPECT_EQ(row.status, "undefined");
    EXPECT_EQ(row.note, "one class only in train");
  }
  input.train_y = input.train_y + 9;
  EXPECT_THROW(rows_of(input), DataError);
  input.train_y = at::Tensor();
  EXPECT_TRUE(rows_of(input).empty());
}

}  // namespace
}  // namespace autodidact
