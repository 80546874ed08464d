#include "metrics/prdc.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/distance.hpp"
#include "metrics/families.hpp"

namespace autodidact {
namespace {

at::Tensor column(std::initializer_list<double> values) {
  return at::tensor(std::vector<double>(values), at::kDouble).view({-1, 1});
}

at::Tensor noise(std::int64_t n, std::int64_t d, std::uint64_t seed) {
  return at::randn({n, d}, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

TEST(Distance, EqualsTheDefinitionForAnySizes) {
  for (const auto& [n, m, d] : {std::tuple<int, int, int>{5, 16, 3}, {7, 33, 20}, {1, 1, 1}}) {
    const at::Tensor a = noise(n, d, 1), b = noise(m, d, 2);
    const at::Tensor want = (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(2);
    EXPECT_TRUE(Targets(b).squared_distances(a).allclose(want, 1e-13, 1e-13));
  }
}

TEST(Distance, EqualRowsAreExactlyZeroApartAndTheOrderOfTheTwoDoesNotMatter) {
  const at::Tensor a = noise(37, 19, 1);
  const at::Tensor d = Targets(a).squared_distances(a);
  EXPECT_TRUE(d.diagonal().eq(0).all().item<bool>());
  EXPECT_TRUE(d.equal(d.t().contiguous()));
}

TEST(Prdc, HandComputed) {
  // Real 0, 1, 3: radii with k = 1 are 1, 1, 2. Generated 0.5, 4, 10: radii 3.5, 3.5, 6.
  const Prdc found = prdc(column({0, 1, 3}), column({0.5, 4, 10}), 1);
  EXPECT_TRUE(found.real_radii.equal(at::tensor({1.0, 1.0, 2.0}, at::kDouble)));
  EXPECT_TRUE(found.generated_radii.equal(at::tensor({3.5, 3.5, 6.0}, at::kDouble)));
  EXPECT_NEAR(found.precision, 2.0 / 3, 1e-15);  // 0.5 and 4; 10 is in no ball
  EXPECT_NEAR(found.density, 3.0 / 3, 1e-15);    // 0.5 in the balls of 0 and 1, 4 in that of 3
  EXPECT_NEAR(found.coverage, 1.0, 1e-15);
  EXPECT_NEAR(found.recall, 1.0, 1e-15);
}

TEST(Prdc, BallsAreOpen) {
  const Prdc found = prdc(column({0, 1}), column({2, 5}), 1);  // the ball of 1 ends at 2
  EXPECT_EQ(found.precision, 0);
  EXPECT_EQ(found.coverage, 0);
}

TEST(Prdc, Limits) {
  const at::Tensor x = noise(60, 5, 1);
  const Prdc same = prdc(x, x, 5), apart = prdc(x, x + 1000, 5);
  EXPECT_NEAR(same.density, 1.0, 1e-15);
  for (const double value : {same.precision, same.recall, same.coverage}) EXPECT_EQ(value, 1.0);
  for (const double value : {apart.precision, apart.recall, apart.density, apart.coverage}) EXPECT_EQ(value, 0.0);
}

std::vector<Measurement> rows_of(const Sets& features) {
  MeasureInput input;
  input.rocket.digest = "bank";
  Seen seen;
  seen.rocket = features;
  Report report(1);
  measure_prdc(input, seen, floor_rows(features, 1, 3), report);
  return report.finish();
}

TEST(Prdc, FallsBackToRocketAndHasFloors) {
  const auto rows = rows_of({noise(40, 3, 1), noise(50, 3, 2), noise(60, 3, 3)});
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].name, "density");
  EXPECT_EQ(rows[1].name, "coverage");
  for (const Measurement& row : rows) {
    EXPECT_EQ(row.extractor, "bank");
    EXPECT_EQ(row.status, "ok");
    EXPECT_TRUE(std::isfinite(row.floor) && std::isfinite(row.value_at_floor));
    EXPECT_EQ(row.n_floor, 40);
  }
}

TEST(Prdc, ALongTrainAloneIsCutToo) {
  MeasureInput input;
  input.fcn = Extractor{"digest", nullptr, nullptr, nullptr};
  Seen seen;
  seen.fcn = {at::zeros({1, 1}, at::kDouble).expand({900, 20000}), noise(20, 20000, 1), noise(20, 20000, 2)};
  Report report(1);
  measure_prdc(input, seen, floor_rows(seen.fcn, 1, 1), report);
  EXPECT_EQ(report.finish()[0].n_floor, 20);
}

TEST(Prdc, FewerThanKPlusTwoRowsIsUndefinedACollapsedSetDegraded) {
  EXPECT_EQ(rows_of({noise(40, 3, 1), noise(50, 3, 2), noise(6, 3, 3)})[0].status, "undefined");
  const auto rows = rows_of({noise(40, 3, 1), noise(50, 3, 2), at::zeros({60, 3}, at::kDouble)});
  EXPECT_EQ(rows[0].status, "degraded");
  EXPECT_NE(rows[0].note.find("60 samples"), std::string::npos) << rows[0].note;
}

}  // namespace
}  // namespace autodidact
