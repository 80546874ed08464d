#include "finite_scalar.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "autodidact/plugin/error.hpp"

namespace autodidact::fsq {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }
at::Tensor column(std::vector<float> values) { return at::tensor(values).view({-1, 1}); }

// L = 3: h = 0.999, codes -1, 0, 1. tanh(0.6) = 0.537 rounds to 1, tanh(0.5) = 0.462 to 0.
TEST(FiniteScalar, OddLevelsByHand) {
  const FiniteScalar scalar({3});
  const at::Tensor v = column({-5.0f, -0.6f, -0.5f, 0.0f, 0.5f, 0.6f, 5.0f});
  EXPECT_TRUE(at::equal(scalar.quantise(v), column({-1, -1, 0, 0, 0, 1, 1})));
  EXPECT_TRUE(at::equal(scalar.index_of(scalar.quantise(v)), at::tensor({0, 0, 1, 1, 1, 2, 2}, at::kLong)));
  EXPECT_NEAR(scalar.open(column({0.5f})).item<double>(), 0.999 * std::tanh(0.5), 1e-6);
}

// L = 4: h = 1.4985, s = atanh(0.5 / h); codes -1, -0.5, 0, 0.5 and 0 in the middle of one.
TEST(FiniteScalar, EvenLevelsByHand) {
  const FiniteScalar scalar({4});
  const at::Tensor v = column({-5.0f, 0.0f, 5.0f});
  EXPECT_TRUE(at::equal(scalar.quantise(v), column({-1.0f, 0.0f, 0.5f})));
  EXPECT_NEAR(scalar.open(column({0.0f})).item<double>(), 0.0, 1e-7);
  const double h = 1.4985, s = std::atanh(0.5 / h);
  EXPECT_NEAR(scalar.open(column({-0.7f})).item<double>(), (h * std::tanh(-0.7 + s) - 0.5) / 2, 1e-6);
}

TEST(FiniteScalar, TwoLevelsPartAtZero) {
  const FiniteScalar scalar({2});
  EXPECT_TRUE(at::equal(scalar.quantise(column({-4.0f, -0.01f, 0.01f, 4.0f})), column({-1, -1, 0, 0})));
}

class Levels : public ::testing::TestWithParam<std::vector<std::int64_t>> {};

// Both ways, every code; and every code can be reached.
TEST_P(Levels, IndicesAndCodesAreInverses) {
  const FiniteScalar scalar(GetParam());
  const at::Tensor all = at::arange(scalar.codes(), at::kLong), codes = scalar.code_of(all);
  EXPECT_EQ(codes.size(1), scalar.dimension());
  EXPECT_TRUE(at::equal(scalar.index_of(codes), all));
  EXPECT_LE(largest(codes), 1.0);
  const at::Tensor v = at::randn({200000, scalar.dimension()}) * 3.0, reached = scalar.quantise(v);
  const at::Tensor index = scalar.index_of(reached);
  EXPECT_TRUE(at::equal(scalar.code_of(index), reached));
  EXPECT_EQ(std::get<0>(at::_unique(index)).numel(), scalar.codes());
}
INSTANTIATE_TEST_SUITE_P(All, Levels,
                         ::testing::Values(std::vector<std::int64_t>{8, 4}, std::vector<std::int64_t>{3},
                                           std::vector<std::int64_t>{2, 2, 2}, std::vector<std::int64_t>{8, 5, 5},
                                           std::vector<std::int64_t>{7, 5, 5, 5}));

TEST(FiniteScalar, FirstEntryCountsFastest) {
  const FiniteScalar scalar({8, 4});
  EXPECT_TRUE(at::equal(scalar.code_of(at::tensor({0, 1, 8}, at::kLong)),
                        at::tensor({-1.0f, -1.0f, -0.75f, -1.0f, -1.0f, -0.5f}).view({3, 2})));
}

// Straight-through: the gradient is that of what is not rounded, which finite differences confirm.
TEST(FiniteScalar, GradientsPassTheRounding) {
  const FiniteScalar scalar({8, 5});
  const at::Tensor v = at::randn({6, 2}).set_requires_grad(true), w = at::randn({6, 2});
  (scalar.quantise(v) * w).sum().backward();
  const at::Tensor through = v.grad().clone();
  v.mutable_grad().reset();
  (scalar.open(v) * w).sum().backward();
  EXPECT_LT(largest(through - v.grad()), 1e-7);
  const at::NoGradGuard no_grad;
  const at::Tensor direction = at::randn_like(v);
  const double h = 1e-2;
  const double up = (scalar.open(v + h * direction) * w).sum().item<double>();
  const double down = (scalar.open(v - h * direction) * w).sum().item<double>();
  EXPECT_NEAR((up - down) / (2 * h), (through * direction).sum().item<double>(), 2e-3);
}

TEST(FiniteScalar, RefusesWhatMakesNoCodes) {
  EXPECT_THROW(FiniteScalar({}), ConfigError);
  EXPECT_THROW(FiniteScalar({8, 1}), ConfigError);
  EXPECT_THROW(FiniteScalar({256, 257}), ConfigError);
  EXPECT_NO_THROW(FiniteScalar({256, 256}));
}

}  // namespace
}  // namespace autodidact::fsq
