// The loss against a case worked out by hand, its gradient against finite differences, its limits, bad input. Shapes,
// determinism, save and load are the conformance suite's.
#include "agree_spread.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "objective.hpp"

namespace autodidact::agree_spread {
namespace {

const Params kTest({{"width", std::int64_t{4}}, {"mu", 0.5}});

double total(const at::Tensor& a, const at::Tensor& b) {
  double sum = 0;
  for (const auto& [name, term] : terms(a, b, kTest)) sum += term.item<double>();
  return sum;
}

TEST(AgreeSpread, IsWhatIsWorkedOutByHand) {
  // Features of a: variances 0.5 and 0, of b: 0.5 and 2. Squared differences: 0, 0, 0, 4.
  const at::Tensor a = at::tensor({0.0, 1.0, 1.0, 1.0}, at::kDouble).view({2, 2});
  const at::Tensor b = at::tensor({0.0, 1.0, 1.0, 3.0}, at::kDouble).view({2, 2});
  const Scalars found = terms(a, b, kTest);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NEAR(found[0].second.item<double>(), 1.0, 1e-12);
  const double half = 1 - std::sqrt(0.5 + 1e-4), none = 1 - std::sqrt(1e-4);
  EXPECT_NEAR(found[1].second.item<double>(), 0.5 * ((half + none) / 2 + half / 2), 1e-12);
}

TEST(AgreeSpread, GradientIsThatOfFiniteDifferences) {
  const at::Tensor a = (at::randn({5, 4}, at::kDouble) * 0.5).requires_grad_(), b = at::randn({5, 4}, at::kDouble);
  at::Tensor sum = at::zeros({}, at::kDouble);
  for (const auto& [name, term] : terms(a, b, kTest)) sum = sum + term;
  sum.backward();
  constexpr double h = 1e-6;
  for (std::int64_t i = 0; i < 5; ++i)
    for (std::int64_t j = 0; j < 4; ++j) {
      at::Tensor step = at::zeros({5, 4}, at::kDouble);
      step[i][j] = h;
      const double slope = (total(a.detach() + step, b) - total(a.detach() - step, b)) / (2 * h);
      EXPECT_NEAR(a.grad()[i][j].item<double>(), slope, 1e-7);
    }
}

TEST(AgreeSpread, EqualAndWideViewsCostNothingAndOnePointCostsMost) {
  const at::Tensor wide = at::tensor({-2.0, 2.0, 2.0, -2.0}, at::kDouble).view({2, 2});
  EXPECT_EQ(total(wide, wide), 0.0);
  const at::Tensor point = at::ones({6, 2}, at::kDouble);
  EXPECT_NEAR(total(point, point), 0.5 * 2 * (1 - std::sqrt(1e-4)), 1e-12);
}

TEST(AgreeSpread, ABatchOfOneIsRefused) {
  Context context;
  context.pooled = 3;
  ProjectedViews objective(kTest, context);
  ObjectiveInput input;
  input.a.pooled = input.b.pooled = at::randn({1, 3});
  EXPECT_THROW(objective.loss(input), DataError);
}

}  // namespace
}  // namespace autodidact::agree_spread
