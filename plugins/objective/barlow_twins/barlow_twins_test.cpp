#include "barlow_twins.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/golden_support.hpp"
#include "common/ssl/test_support.hpp"
#include "golden.hpp"

namespace autodidact::barlow_twins {
namespace {

using namespace ssl::testing_support;

at::Tensor total(const Terms& terms) { return terms.invariance + terms.redundancy; }

struct BarlowTwinsTest : testing::Test {
  void SetUp() override { at::manual_seed(11); }
  TestHost host;
  BarlowTwins make(std::int64_t pooled, std::int64_t width) {
    Context context;
    context.host = &host;
    context.pooled = pooled;
    return BarlowTwins(Params({{"width", width},
                               {"lambda", 0.005},
                               {"std", std::string("biased")},
                               {"eps", 1e-5},
                               {"mean_over_features", true}}),
                       context);
  }
};

TEST_F(BarlowTwinsTest, FormsAreEqualWithTheirGradients) {
  for (const bool unbiased : {false, true})
    for (const auto& shape : {std::pair{6, 20}, std::pair{20, 6}, std::pair{2, 3}}) {
      const Options options{.lambda = 0.05, .unbiased = unbiased, .mean_over_features = !unbiased};
      const at::Tensor base = at::randn({shape.first, shape.second}, at::kDouble);
      const at::Tensor a = leaf64(base), b = leaf64(base + 0.3 * at::randn_like(base));
      const Terms direct = direct_form(a, b, options);
      (2 * direct.invariance + 3 * direct.redundancy).backward();
      const at::Tensor grad_a = a.grad().clone(), grad_b = b.grad().clone();
      a.mutable_grad().reset();
      b.mutable_grad().reset();
      const Terms gram = gram_form(a, b, options);
      (2 * gram.invariance + 3 * gram.redundancy).backward();
      EXPECT_LT(relative_error(gram.invariance, direct.invariance), 1e-10);
      EXPECT_LT(relative_error(gram.redundancy, direct.redundancy), 1e-10);
      EXPECT_LT((a.grad() - grad_a).abs().max().item<double>(), 1e-10 * (1 + grad_a.abs().max().item<double>()));
      EXPECT_LT((b.grad() - grad_b).abs().max().item<double>(), 1e-10 * (1 + grad_b.abs().max().item<double>()));
    }
}

TEST_F(BarlowTwinsTest, GradientEqualsFiniteDifferences) {
  for (const auto form : {&gram_form, &direct_form})
    for (const bool unbiased : {false, true}) {
      const Options options{.lambda = 0.1, .unbiased = unbiased};
      const at::Tensor a = leaf64(at::randn({5, 7}, at::kDouble)), b = leaf64(at::randn({5, 7}, at::kDouble));
      EXPECT_LT(gradient_error([&] { return total(form(a, b, options)); }, {a, b}), 1e-6);
    }
}

TEST_F(BarlowTwinsTest, LimitsByHand) {
  // Two columns that are uncorrelated and of variance 1: C is the identity, and the loss zero.
  const at::Tensor z = at::tensor({1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0}, at::kDouble).view({4, 2});
  const Options exact{.lambda = 0.5, .eps = 0.0, .mean_over_features = false};
  EXPECT_NEAR(total(direct_form(z, z, exact)).item<double>(), 0.0, 1e-14);
  EXPECT_NEAR(total(gram_form(z, z, exact)).item<double>(), 0.0, 1e-14);
  // Against its negative: C = -1, (1 + 1)^2 for each column.
  EXPECT_NEAR(gram_form(z, -z, exact).invariance.item<double>(), 8.0, 1e-13);
  // Both columns equal: C is all ones, so two off-diagonal ones count lambda each.
  const at::Tensor same = z.narrow(1, 0, 1).repeat({1, 2});
  EXPECT_NEAR(gram_form(same, same, exact).redundancy.item<double>(), 1.0, 1e-13);
  EXPECT_NEAR(gram_form(same, same, exact).invariance.item<double>(), 0.0, 1e-13);
  // With the unbiased std C_ii = (n - 1) / n is the best: the floor is 1 / n^2 for each column.
  const Options published{.lambda = 0.5, .unbiased = true, .eps = 0.0};
  EXPECT_NEAR(gram_form(z, z, published).invariance.item<double>(), 1.0 / 16, 1e-13);
}

TEST_F(BarlowTwinsTest, LossOfAnEmbeddingWithItselfIsItsSquaredCorrelations) {
  const Options options{.lambda = 0.005, .eps = 0.0, .mean_over_features = false};
  for (const std::int64_t rows : {6, 20}) {  // either form
    const at::Tensor z = at::randn({rows, 9}, at::kDouble);
    const double want = 0.005 * (at::corrcoef(z.t()).square().sum() - 9).item<double>();
    EXPECT_NEAR(total(barlow_twins_loss(z, z, options)).item<double>(), want, 1e-12);
  }
}

TEST_F(BarlowTwinsTest, ConstantColumnsHaveFiniteGradients) {
  for (const bool unbiased : {false, true}) {
    at::Tensor z = at::randn({4, 6}, at::kDouble);
    z.select(1, 2).fill_(1.0);
    const at::Tensor a = leaf64(z), b = leaf64(z);
    total(gram_form(a, b, {.unbiased = unbiased})).backward();
    EXPECT_TRUE(a.grad().isfinite().all().item<bool>());
    EXPECT_TRUE(b.grad().isfinite().all().item<bool>());
  }
}

TEST_F(BarlowTwinsTest, AgreesWithTheReference) {
  const std::size_t compared =
      compare_with_golden("ssl_barlow_twins", golden_loss, "loss_float32_unbiased_std_mean_over_F");
  if (compared == 0) GTEST_SKIP() << "no golden files";
  EXPECT_EQ(compared, 9u * 7u + 3u * 5u);
}

TEST_F(BarlowTwinsTest, PluginGivesTermsStatisticsAndGradients) {
  BarlowTwins objective = make(6, 32);
  const at::Tensor a = at::randn({8, 6}).set_requires_grad(true), b = at::randn({8, 6}).set_requires_grad(true);
  const Loss loss = objective.loss(pair_of(a, b));
  EXPECT_NEAR(loss.total.item<double>(), (loss.terms[0].second + loss.terms[1].second).item<double>(), 1e-6);
  EXPECT_EQ(loss.logs.size(), 4u);
  EXPECT_TRUE(objective.loss(pair_of(a, b, 1)).logs.empty());
  loss.total.backward();
  for (const Parameter& p : objective.parameters()) EXPECT_TRUE(p.tensor.grad().defined()) << p.name;
  EXPECT_GT(a.grad().abs().max().item<double>(), 0.0);
  EXPECT_EQ(objective.parameters().size(), 10u);
  EXPECT_EQ(objective.buffers().size(), 4u);
}

TEST_F(BarlowTwinsTest, ABatchOfOneIsRefused) {
  BarlowTwins objective = make(6, 32);
  EXPECT_THROW(objective.loss(pair_of(at::randn({1, 6}), at::randn({1, 6}))), DataError);
  EXPECT_TRUE(std::isfinite(objective.loss(pair_of(at::randn({2, 6}), at::randn({2, 6}))).total.item<double>()));
  EXPECT_THROW(make(0, 32), ConfigError);
}

TEST_F(BarlowTwinsTest, ShortTrainingLowersTheLoss) {
  BarlowTwins objective = make(6, 32);
  const at::Tensor a = at::randn({16, 6}), b = a + 0.1 * at::randn({16, 6});
  double first = 0, last = 0;
  for (int step = 0; step < 30; ++step) {
    const Loss loss = objective.loss(pair_of(a, b, step));
    (step == 0 ? first : last) = loss.total.item<double>();
    loss.total.backward();
    const at::NoGradGuard no_grad;
    for (const Parameter& p : objective.parameters()) {
      at::Tensor tensor = p.tensor;
      tensor.sub_(p.tensor.grad(), 0.1);
      tensor.mutable_grad().reset();
    }
  }
  EXPECT_LT(last, first);
}

}  // namespace
}  // namespace autodidact::barlow_twins
