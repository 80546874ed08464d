#include "metrics/frechet.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

at::Tensor noise(std::int64_t n, std::int64_t d, std::uint64_t seed) {
  return at::randn({n, d}, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

at::Tensor centre(const at::Tensor& x) { return x - x.mean(0, true); }

double total_variance(const at::Tensor& x) { return fit_gaussian(x).covariance.diagonal().sum().item<double>(); }

TEST(Frechet, OneFeatureIsTheClosedForm) {
  // means 1 and 4, standard deviations 1 and 3: (4 - 1)^2 + (3 - 1)^2 = 13
  const at::Tensor a = at::tensor({0.0, 1.0, 2.0}, at::kDouble).view({3, 1});
  const at::Tensor b = at::tensor({1.0, 4.0, 7.0}, at::kDouble).view({3, 1});
  EXPECT_NEAR(frechet_distance(a, b), 13.0, 1e-12);
}

TEST(Frechet, OfASetWithItselfIsZero) {
  for (const std::int64_t n : {10, 40, 200}) {
    const at::Tensor x = noise(n, 40, 3) * 5;
    EXPECT_NEAR(frechet_distance(x, x), 0.0, 1e-6 * total_variance(x)) << n << " rows of 40";
  }
}

TEST(Frechet, BothFormsOfTheTraceAgree) {
  for (const auto& [n, m] : {std::pair<int, int>{90, 70}, {70, 90}, {12, 70}, {70, 12}, {9, 11}}) {
    const at::Tensor a = centre(noise(n, 24, 1)), b = centre(noise(m, 24, 2) * 0.5);
    const double nuclear = root_trace_nuclear(a, b);
    EXPECT_NEAR(root_trace_symmetric(a, b), nuclear, 1e-5 * nuclear) << n << ", " << m;
  }
}

TEST(Frechet, IsSymmetricAndSeesAShift) {
  const at::Tensor a = noise(50, 6, 1), b = noise(80, 6, 2);
  EXPECT_NEAR(frechet_distance(a, b), frechet_distance(b, a), 1e-10);
  EXPECT_NEAR(frechet_distance(a, b + 3) - frechet_distance(a, b),
              6 * 9 + 6 * (b.mean(0) - a.mean(0)).sum().item<double>(), 1e-9);
}

TEST(Frechet, AConstantFeatureGivesItsMeanDifferenceOnly) {
  const at::Tensor a = at::cat({noise(30, 3, 1), at::full({30, 1}, 2.0, at::kDouble)}, 1);
  const at::Tensor b = at::cat({noise(30, 3, 2), at::full({30, 1}, 7.0, at::kDouble)}, 1);
  EXPECT_NEAR(frechet_distance(a, b), frechet_distance(a.narrow(1, 0, 3), b.narrow(1, 0, 3)) + 25, 1e-6);
}

MeasureInput input_with_fcn() {
  MeasureInput input;
  input.fcn = Extractor{"digest", nullptr, nullptr, nullptr};
  return input;
}

std::vector<Measurement> rows_of(const Sets& features, std::uint64_t seed = 1) {
  Report report(seed);
  Seen seen;
  seen.fcn = features;
  measure_frechet(input_with_fcn(), seen, floor_rows(features, seed, 3), report);
  return report.finish();
}

TEST(Frechet, RowsHaveFloorCountsAndBothReferences) {
  const Sets features{noise(60, 4, 1), noise(90, 4, 2), noise(120, 4, 3)};
  const auto rows = rows_of(features);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].name, "fid_fcn");
  EXPECT_EQ(rows[0].status, "ok");
  EXPECT_EQ(rows[0].n_real, 90);
  EXPECT_EQ(rows[0].n_gen, 120);
  EXPECT_EQ(rows[0].n_floor, 60);
  EXPECT_GT(rows[0].value_at_floor, rows[0].value);  // fewer rows, more bias
  EXPECT_DOUBLE_EQ(rows[0].value, frechet_distance(features.test, features.samples));
  EXPECT_EQ(rows[1].name, "fid_fcn/train");
  EXPECT_EQ(rows[1].reference, "train");
  EXPECT_NEAR(rows[1].floor, rows[0].floor, 1e-9);
  EXPECT_EQ(rows[0].extractor, "digest");
}

TEST(Frechet, FewerRowsThanFeaturesIsDegradedAndOneRowUndefined) {
  EXPECT_EQ(rows_of({noise(8, 10, 1), noise(8, 10, 2), noise(8, 10, 3)})[0].status, "degraded");
  const auto rows = rows_of({noise(8, 10, 1), noise(8, 10, 2), noise(1, 10, 3)});
  EXPECT_EQ(rows[0].status, "undefined");
  EXPECT_TRUE(std::isnan(rows[0].value));
}

TEST(Frechet, FloorsAreMeansOverTheDrawsAndOneDrawIsEnoughForEqualSets) {
  const Sets features{noise(30, 4, 1), noise(90, 4, 2), noise(60, 4, 3)};
  const FloorRows rows = floor_rows(features, 5, 4);
  ASSERT_EQ(rows.draws.size(), 4u);
  double floor = 0, at_floor = 0;
  for (const auto& draw : rows.draws) {
    const Sets few = features.rows(draw.train, draw.test, draw.samples);
    EXPECT_EQ(few.test.size(0), 30);
    floor += frechet_distance(few.test, few.train) / 4;
    at_floor += frechet_distance(few.test, few.samples) / 4;
  }
  Report report(5);
  Seen seen;
  seen.fcn = features;
  measure_frechet(input_with_fcn(), seen, rows, report);
  EXPECT_NEAR(report.finish()[0].floor, floor, 1e-12);
  EXPECT_NEAR(report.finish()[0].value_at_floor, at_floor, 1e-12);
  EXPECT_EQ(floor_rows({noise(30, 4, 1), noise(30, 4, 2), noise(30, 4, 3)}, 5, 4).draws.size(), 1u);
}

TEST(Frechet, ReconstructionsAreComparedNotSamples) {
  Seen seen;
  seen.fcn = {noise(60, 4, 1), noise(90, 4, 2), noise(120, 4, 3)};
  seen.fcn_reconstruction = noise(90, 4, 4) * 2;
  Report report(1);
  measure_frechet(input_with_fcn(), seen, floor_rows(seen.fcn, 1, 3), report);
  std::size_t found = 0;
  for (const Measurement& row : report.finish()) {
    if (row.name != "fid_fcn_recon") continue;
    EXPECT_DOUBLE_EQ(row.value, frechet_distance(seen.fcn.test, seen.fcn_reconstruction));
    ++found;
  }
  EXPECT_EQ(found, 1u);
}

TEST(Frechet, TheFloorNeverUsesMoreRowsThanThereAreSamples) {
  const auto rows = rows_of({noise(60, 4, 1), noise(90, 4, 2), noise(30, 4, 3)});
  EXPECT_EQ(rows[0].n_floor, 30);
}

}  // namespace
}  // namespace autodidact
