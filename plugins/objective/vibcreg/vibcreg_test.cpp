#include "vibcreg.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/golden_support.hpp"
#include "common/ssl/test_support.hpp"
#include "golden.hpp"

namespace autodidact::vibcreg {
namespace {

using namespace ssl::testing_support;

struct VibcRegTest : testing::Test {
  void SetUp() override { at::manual_seed(13); }
  TestHost host;
  VibcReg make(std::int64_t pooled, std::int64_t width, bool whiten = true) {
    Context context;
    context.host = &host;
    context.pooled = pooled;
    return VibcReg(Params({{"width", width},
                           {"similarity", 25.0},
                           {"variance", 25.0},
                           {"covariance", 100.0},
                           {"whiten", whiten},
                           {"groups", std::int64_t{4}},
                           {"iterations", std::int64_t{5}},
                           {"eps", 1e-5},
                           {"momentum", 0.1}}),
                   context);
  }
};

TEST_F(VibcRegTest, FormsAreEqualWithTheirGradients) {
  for (const auto& shape : {std::pair{6, 20}, std::pair{20, 6}, std::pair{2, 3}}) {
    const at::Tensor scale = at::linspace(0.3, 3.0, shape.second, at::kDouble);
    const at::Tensor a = leaf64(at::randn({shape.first, shape.second}, at::kDouble) * scale);
    const at::Tensor b = leaf64(at::randn({shape.first, shape.second}, at::kDouble) * scale + 1);
    const Terms direct = direct_form(a, b), gram = gram_form(a, b);
    EXPECT_LT(relative_error(gram.similarity, direct.similarity), 1e-10);
    EXPECT_LT(relative_error(gram.variance, direct.variance), 1e-10);
    EXPECT_LT(relative_error(gram.covariance, direct.covariance), 1e-10);
    const Options uneven{.similarity = 2, .variance = 3, .covariance = 500};
    vibcreg_loss(direct, uneven).backward();
    const at::Tensor grad_a = a.grad().clone(), grad_b = b.grad().clone();
    a.mutable_grad().reset();
    b.mutable_grad().reset();
    vibcreg_loss(gram, uneven).backward();
    EXPECT_LT(relative_error(a.grad(), grad_a), 1e-10);
    EXPECT_LT(relative_error(b.grad(), grad_b), 1e-10);
  }
}

TEST_F(VibcRegTest, GradientEqualsFiniteDifferences) {
  const at::Tensor scale = at::linspace(0.3, 2.0, 7, at::kDouble);
  for (const auto form : {&gram_form, &direct_form}) {
    const at::Tensor a = leaf64(at::randn({5, 7}, at::kDouble) * scale),
                     b = leaf64(at::randn({5, 7}, at::kDouble) * scale);
    EXPECT_LT(gradient_error([&] { return vibcreg_loss(form(a, b), {}); }, {a, b}), 1e-6);
  }
}

TEST_F(VibcRegTest, LimitsByHand) {
  const at::Tensor z = at::tensor({2.0, 2.0, 2.0, -2.0, -2.0, 2.0, -2.0, -2.0}, at::kDouble).view({4, 2});
  for (const auto form : {&gram_form, &direct_form}) {
    EXPECT_NEAR(vibcreg_loss(form(z, z), {}).item<double>(), 0.0, 1e-12);
    EXPECT_NEAR(form(at::ones_like(z), at::ones_like(z)).variance.item<double>(), 1.98, 1e-12);
    // Equal columns: two off-diagonal correlations of 1 over F^2 = 4, for each view, at any scale.
    const at::Tensor same = z.narrow(1, 0, 1).repeat({1, 2});
    EXPECT_NEAR(form(same, 1e3 * same).covariance.item<double>(), 1.0, 1e-12);
  }
}

TEST_F(VibcRegTest, CovarianceTermIsTheMeanSquaredCorrelation) {
  for (const std::int64_t rows : {6, 20}) {  // either form
    const at::Tensor z = at::randn({rows, 9}, at::kDouble);
    const double want = (at::corrcoef(z.t()).square().sum() - 9).item<double>() / 81;
    EXPECT_NEAR(vibcreg_terms(z, z).covariance.item<double>(), 2 * want, 1e-12);
  }
}

TEST_F(VibcRegTest, ConstantColumnsContributeNothingAndHaveFiniteGradients) {
  at::Tensor z = at::randn({4, 6}, at::kDouble);
  z.select(1, 2).fill_(1.0);
  for (const auto form : {&gram_form, &direct_form}) {
    const at::Tensor a = leaf64(z), b = leaf64(z);
    const Terms terms = form(a, b);
    terms.covariance.backward();
    EXPECT_TRUE(a.grad().isfinite().all().item<bool>());
    EXPECT_EQ(a.grad().select(1, 2).abs().max().item<double>(), 0.0);
  }
}

TEST_F(VibcRegTest, AgreesWithTheReference) {
  const std::size_t compared = compare_with_golden("ssl_vibcreg", golden_loss);
  if (compared == 0) GTEST_SKIP() << "no golden files";
  EXPECT_EQ(compared, 18u * 7u + 18u * 9u);
}

TEST_F(VibcRegTest, IterativeNormalisationAgreesWithTheReference) {
  const std::size_t compared = compare_with_golden("iternorm", golden_iter_norm);
  if (compared == 0) GTEST_SKIP() << "no golden files";
  EXPECT_EQ(compared, 48u * 5u);
}

TEST_F(VibcRegTest, PluginGivesTermsStatisticsAndGradients) {
  for (const bool whiten : {true, false}) {
    VibcReg objective = make(6, 32, whiten);
    EXPECT_EQ(objective.parameters().size(), whiten ? 12u : 10u);
    EXPECT_EQ(objective.buffers().size(), whiten ? 6u : 4u);
    const at::Tensor a = at::randn({8, 6}).set_requires_grad(true), b = at::randn({8, 6}).set_requires_grad(true);
    const Loss loss = objective.loss(pair_of(a, b));
    EXPECT_EQ(loss.logs.size(), 4u);
    loss.total.backward();
    for (const Parameter& p : objective.parameters()) EXPECT_TRUE(p.tensor.grad().defined()) << p.name;
    EXPECT_GT(a.grad().abs().max().item<double>(), 0.0);
    EXPECT_TRUE(std::isfinite(objective.loss(pair_of(at::randn({2, 6}), at::randn({2, 6}))).total.item<double>()));
    EXPECT_THROW(objective.loss(pair_of(at::randn({1, 6}), at::randn({1, 6}))), DataError);
  }
}

TEST_F(VibcRegTest, EvaluationKeepsEveryBuffer) {
  VibcReg objective = make(6, 32);
  objective.loss(pair_of(at::randn({8, 6}), at::randn({8, 6})));
  objective.train(false);
  std::vector<at::Tensor> before;
  for (const Buffer& b : objective.buffers()) before.push_back(b.tensor.clone());
  objective.loss(pair_of(at::randn({8, 6}), at::randn({8, 6})));
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(at::equal(before[i], objective.buffers()[i].tensor));
}

}  // namespace
}  // namespace autodidact::vibcreg
