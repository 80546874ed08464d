#include "results/projection.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "support/made_up_records.hpp"

namespace autodidact {
namespace {

using testing::floats;

// A plane in five dimensions: (a, b) -> a u + b v + offset with orthonormal u, v.
Array in_plane(const std::vector<std::array<double, 2>>& points, double off_plane = 0) {
  const double u[5] = {0.6, 0, 0.8, 0, 0}, v[5] = {0, 1, 0, 0, 0}, normal[5] = {0, 0, 0, 1, 0};
  std::vector<float> x;
  for (const auto& [a, b] : points)
    for (int j = 0; j < 5; ++j) x.push_back(static_cast<float>(a * u[j] + b * v[j] + off_plane * normal[j] + 3.0));
  return floats({static_cast<std::int64_t>(points.size()), 5}, x);
}

const std::vector<std::array<double, 2>> kCross = {{4, 0}, {-4, 0}, {2, 0}, {-2, 0}, {0, 1}, {0, -1}};

TEST(Projection, FindsThePlaneAndItsShares) {
  const Projection p = project(in_plane(kCross), in_plane(kCross));
  ASSERT_EQ(p.real.size(), kCross.size());
  for (std::size_t i = 0; i < kCross.size(); ++i) {  // axes are known up to their sign
    EXPECT_NEAR(std::fabs(p.real[i][0]), std::fabs(kCross[i][0]), 1e-5);
    EXPECT_NEAR(std::fabs(p.real[i][1]), std::fabs(kCross[i][1]), 1e-5);
    EXPECT_NEAR(p.generated[i][0], p.real[i][0], 1e-9);
  }
  EXPECT_NEAR(p.explained[0], 40.0 / 42.0, 1e-6);
  EXPECT_NEAR(p.explained[1], 2.0 / 42.0, 1e-6);
}

TEST(Projection, GeneratedSeriesDoNotBendTheAxes) {
  const Projection p = project(in_plane(kCross), in_plane({{0, 0}, {4, 1}}, 100.0));
  EXPECT_NEAR(p.generated[0][0], 0, 1e-4);
  EXPECT_NEAR(p.generated[0][1], 0, 1e-4);
  EXPECT_NEAR(std::fabs(p.generated[1][0]), 4, 1e-4);
  EXPECT_NEAR(std::fabs(p.generated[1][1]), 1, 1e-4);
}

TEST(Projection, HoldsWhereThereIsLittleToProject) {
  const Array one = floats({1, 3}, {1, 2, 3}), same = floats({2, 3}, {1, 2, 3, 1, 2, 3}), none{Type::f32, {0, 3}, {}};
  EXPECT_TRUE(project(none, one).real.empty());
  const Projection constant = project(same, one);
  ASSERT_EQ(constant.real.size(), 2u);
  EXPECT_EQ(constant.explained[0], 0);
  EXPECT_EQ(constant.generated[0][0], 0);
  const Projection line = project(floats({3, 1}, {-1, 0, 1}), floats({1, 1}, {2}));
  EXPECT_NEAR(line.explained[0], 1, 1e-12);
  EXPECT_NEAR(std::fabs(line.generated[0][0]), 2, 1e-6);
  EXPECT_EQ(line.generated[0][1], 0);
}

TEST(Projection, RefusesFeaturesThatDoNotFit) {
  EXPECT_THROW(project(floats({2, 2}, {1, 2, 3, 4}), floats({2, 1}, {1, 2})), DataError);
}

}  // namespace
}  // namespace autodidact
