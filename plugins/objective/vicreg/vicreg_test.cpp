#include "vicreg.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/golden_support.hpp"
#include "common/ssl/test_support.hpp"
#include "golden.hpp"

namespace autodidact::vicreg {
namespace {

using namespace ssl::testing_support;

struct VicRegTest : testing::Test {
  void SetUp() override { at::manual_seed(12); }
  TestHost host;
  VicReg make(std::int64_t pooled, std::int64_t width) {
    Context context;
    context.host = &host;
    context.pooled = pooled;
    return VicReg(Params({{"width", width},
                          {"similarity", 25.0},
                          {"variance", 25.0},
                          {"covariance", 1.0},
                          {"halve_variance", false}}),
                  context);
  }
};

TEST_F(VicRegTest, FormsAreEqualWithTheirGradients) {
  for (const auto& shape : {std::pair{6, 20}, std::pair{20, 6}, std::pair{2, 3}}) {
    // Columns of deviation 0.3 to 3: on both sides of the hinge.
    const at::Tensor scale = at::linspace(0.3, 3.0, shape.second, at::kDouble);
    const at::Tensor a = leaf64(at::randn({shape.first, shape.second}, at::kDouble) * scale);
    const at::Tensor b = leaf64(at::randn({shape.first, shape.second}, at::kDouble) * scale + 1);
    const Terms direct = direct_form(a, b, {}), gram = gram_form(a, b, {});
    EXPECT_LT(relative_error(gram.similarity, direct.similarity), 1e-10);
    EXPECT_LT(relative_error(gram.variance, direct.variance), 1e-10);
    EXPECT_LT(relative_error(gram.covariance, direct.covariance), 1e-10);
    const Options uneven{.similarity = 2, .variance = 3, .covariance = 5};
    vicreg_loss(direct, uneven).backward();
    const at::Tensor grad_a = a.grad().clone(), grad_b = b.grad().clone();
    a.mutable_grad().reset();
    b.mutable_grad().reset();
    vicreg_loss(gram, uneven).backward();
    EXPECT_LT(relative_error(a.grad(), grad_a), 1e-10);
    EXPECT_LT(relative_error(b.grad(), grad_b), 1e-10);
  }
}

TEST_F(VicRegTest, GradientEqualsFiniteDifferences) {
  const at::Tensor scale = at::linspace(0.3, 2.0, 7, at::kDouble);
  for (const auto form : {&gram_form, &direct_form}) {
    const at::Tensor a = leaf64(at::randn({5, 7}, at::kDouble) * scale),
                     b = leaf64(at::randn({5, 7}, at::kDouble) * scale);
    EXPECT_LT(gradient_error([&] { return vicreg_loss(form(a, b, {}), {}); }, {a, b}), 1e-6);
  }
}

TEST_F(VicRegTest, LimitsByHand) {
  const at::Tensor z = at::tensor({2.0, 2.0, 2.0, -2.0, -2.0, 2.0, -2.0, -2.0}, at::kDouble).view({4, 2});
  for (const auto form : {&gram_form, &direct_form}) {
    // Uncorrelated, deviation above 1, views equal: nothing to pay.
    const Terms none = form(z, z, {});
    EXPECT_NEAR(vicreg_loss(none, {}).item<double>(), 0.0, 1e-12);
    // Collapsed: each deviation is sqrt(1e-4) = 0.01, so v = 0.99 for each view.
    const Terms collapsed = form(at::ones_like(z), at::ones_like(z), {});
    EXPECT_NEAR(collapsed.variance.item<double>(), 1.98, 1e-12);
    EXPECT_NEAR(form(at::ones_like(z), at::ones_like(z), {.halve_variance = true}).variance.item<double>(), 0.99,
                1e-12);
    EXPECT_NEAR(collapsed.covariance.item<double>(), 0.0, 1e-12);
    // Views one apart everywhere: the mean squared difference is 1.
    EXPECT_NEAR(form(z, z + 1, {}).similarity.item<double>(), 1.0, 1e-12);
    // Equal columns of variance 16/3: two off-diagonal covariances of 16/3, divided by F = 2, for each view.
    const at::Tensor same = z.narrow(1, 0, 1).repeat({1, 2});
    EXPECT_NEAR(form(same, same, {}).covariance.item<double>(), 2 * (16.0 / 3) * (16.0 / 3), 1e-10);
  }
}

TEST_F(VicRegTest, AgreesWithTheReference) {
  const std::size_t compared = compare_with_golden("ssl_vicreg", golden_loss);
  if (compared == 0) GTEST_SKIP() << "no golden files";
  EXPECT_EQ(compared, 9u * 11u + 3u * 9u);
}

TEST_F(VicRegTest, PluginGivesTermsStatisticsAndGradients) {
  VicReg objective = make(6, 32);
  const at::Tensor a = at::randn({8, 6}).set_requires_grad(true), b = at::randn({8, 6}).set_requires_grad(true);
  const Loss loss = objective.loss(pair_of(a, b));
  ASSERT_EQ(loss.terms.size(), 3u);
  EXPECT_EQ(loss.logs.size(), 4u);
  double sum = 0;
  for (const auto& [name, value] : loss.terms) sum += value.item<double>();
  EXPECT_NEAR(loss.total.item<double>(), sum, 1e-4);
  loss.total.backward();
  for (const Parameter& p : objective.parameters()) EXPECT_TRUE(p.tensor.grad().defined()) << p.name;
  EXPECT_GT(a.grad().abs().max().item<double>(), 0.0);
  EXPECT_THROW(objective.loss(pair_of(at::randn({1, 6}), at::randn({1, 6}))), DataError);
}

}  // namespace
}  // namespace autodidact::vicreg
