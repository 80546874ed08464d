#include "simsiam.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/test_support.hpp"
#include "simsiam_loss.hpp"

namespace autodidact::simsiam {
namespace {

using namespace ssl::testing_support;

at::Tensor total(const Terms& terms) { return terms.a_to_b + terms.b_to_a; }

struct SimSiamTest : testing::Test {
  void SetUp() override { at::manual_seed(14); }
  TestHost host;
  std::unique_ptr<SimSiam> make(std::int64_t pooled, std::int64_t width, std::int64_t bottleneck = 4) {
    Context context;
    context.host = &host;
    context.pooled = pooled;
    return std::make_unique<SimSiam>(Params({{"width", width}, {"bottleneck", bottleneck}}), context);
  }
};

TEST_F(SimSiamTest, LimitsByHand) {
  const at::Tensor e1 = at::tensor({1.0, 0.0, 2.0, 0.0}, at::kDouble).view({2, 2}), e2 = e1.flip(1);
  // Predictions that point where the other projection does, whatever the lengths: -1. Opposite: 1. At right angles: 0.
  EXPECT_NEAR(total(simsiam_loss(3 * e1, e2, 5 * e2, e1)).item<double>(), -1.0, 1e-15);
  EXPECT_NEAR(total(simsiam_loss(-e1, e2, -e2, e1)).item<double>(), 1.0, 1e-15);
  EXPECT_NEAR(total(simsiam_loss(e1, e1, e2, e2)).item<double>(), 0.0, 1e-15);
  // Cosines 0.6 and 0 for a against b, 1 and 1 for b against a: -(0.3 + 1) / 2.
  const at::Tensor p = at::tensor({3.0, 4.0, 0.0, 1.0}, at::kDouble).view({2, 2});
  EXPECT_NEAR(total(simsiam_loss(p, e2, e2, e1)).item<double>(), -0.65, 1e-15);
}

TEST_F(SimSiamTest, GradientEqualsFiniteDifferencesWithTheProjectionsHeldStill) {
  const at::Tensor p_a = leaf64(at::randn({5, 7})), p_b = leaf64(at::randn({5, 7}));
  const at::Tensor z_a = leaf64(at::randn({5, 7})), z_b = leaf64(at::randn({5, 7}));
  EXPECT_LT(gradient_error([&] { return total(simsiam_loss(p_a, z_a, p_b, z_b)); }, {p_a, p_b}), 1e-6);
  EXPECT_FALSE(z_a.grad().defined());
  EXPECT_FALSE(z_b.grad().defined());
}

// The predictor's own gradients are those of the whole loss: projections do not depend on it.
TEST_F(SimSiamTest, GradientsOfThePredictorEqualFiniteDifferences) {
  const auto objective = make(3, 4, 2);
  widen(*objective);
  const at::Tensor a = leaf64(at::randn({6, 3})), b = leaf64(at::randn({6, 3}));
  for (const char* part : {"predictor.linear1.weight", "predictor.norm1", "predictor.linear2"})
    EXPECT_LT(gradient_error([&] { return objective->loss(pair_of(a, b, 1)).total; }, leaves_of(*objective, part)),
              1e-6);
}

// With a predictor whose output is constant nothing reaches projector and latents.
TEST_F(SimSiamTest, TheProjectorLearnsThroughThePredictorOnly) {
  const auto objective = make(6, 32);
  for (const Parameter& p : objective->parameters())
    if (p.name == "predictor.linear2.weight") at::Tensor(p.tensor).detach().zero_();
  const at::Tensor a = at::randn({8, 6}).set_requires_grad(true), b = at::randn({8, 6}).set_requires_grad(true);
  objective->loss(pair_of(a, b)).total.backward();
  for (const Parameter& p : objective->parameters()) {
    const double size = p.tensor.grad().abs().max().item<double>();
    if (p.name == "predictor.linear2.bias") {
      EXPECT_GT(size, 0.0);
    } else if (p.name.rfind("projector.", 0) == 0) {
      EXPECT_EQ(size, 0.0) << p.name;
    }
  }
  EXPECT_EQ(a.grad().abs().max().item<double>(), 0.0);
}

TEST_F(SimSiamTest, PluginGivesTermsStatisticsAndGradients) {
  const auto objective = make(6, 32);
  const at::Tensor a = at::randn({8, 6}).set_requires_grad(true), b = at::randn({8, 6}).set_requires_grad(true);
  const Loss loss = objective->loss(pair_of(a, b));
  EXPECT_NEAR(loss.total.item<double>(), (loss.terms[0].second + loss.terms[1].second).item<double>(), 1e-6);
  EXPECT_EQ(loss.logs.size(), 4u);
  EXPECT_TRUE(objective->loss(pair_of(a, b, 1)).logs.empty());
  loss.total.backward();
  for (const Parameter& p : objective->parameters()) EXPECT_TRUE(p.tensor.grad().defined()) << p.name;
  EXPECT_GT(a.grad().abs().max().item<double>(), 0.0);
  EXPECT_GT(b.grad().abs().max().item<double>(), 0.0);
  EXPECT_EQ(objective->parameters().size(), 9u + 6u);
  EXPECT_EQ(objective->buffers().size(), 6u + 2u);
}

TEST_F(SimSiamTest, TheBottleneckNarrowsThePredictor) {
  const auto hidden = [&](std::int64_t width, std::int64_t bottleneck) {
    const auto objective = make(6, width, bottleneck);
    for (const Parameter& p : objective->parameters())
      if (p.name == "predictor.linear1.bias") return p.tensor.size(0);
    return std::int64_t{-1};
  };
  EXPECT_EQ(hidden(32, 4), 8);
  EXPECT_EQ(hidden(32, 1), 32);
  EXPECT_EQ(hidden(4, 8), 1);
}

TEST_F(SimSiamTest, EvaluationKeepsEveryBuffer) {
  const auto objective = make(6, 32);
  objective->loss(pair_of(at::randn({8, 6}), at::randn({8, 6})));
  objective->train(false);
  std::vector<at::Tensor> before;
  for (const Buffer& b : objective->buffers()) before.push_back(b.tensor.clone());
  const at::Tensor a = at::randn({8, 6}), b = at::randn({8, 6});
  const double first = objective->loss(pair_of(a, b)).total.item<double>();
  EXPECT_EQ(objective->loss(pair_of(a, b)).total.item<double>(), first);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(at::equal(before[i], objective->buffers()[i].tensor));
}

TEST_F(SimSiamTest, BadInputIsRefused) {
  EXPECT_THROW(make(6, 32)->loss(pair_of(at::randn({1, 6}), at::randn({1, 6}))), DataError);
  EXPECT_TRUE(std::isfinite(make(6, 32)->loss(pair_of(at::randn({2, 6}), at::randn({2, 6}))).total.item<double>()));
  EXPECT_THROW(make(0, 32), ConfigError);
}

TEST_F(SimSiamTest, ShortTrainingDrawsTheViewsTogether) {
  const auto objective = make(6, 64);
  const at::Tensor a = at::randn({32, 6}), b = a + 0.1 * at::randn({32, 6});
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    const Loss loss = objective->loss(pair_of(a, b, step));
    (step == 0 ? first : last) = loss.total.item<double>();
    loss.total.backward();
    const at::NoGradGuard no_grad;
    for (const Parameter& p : objective->parameters()) {
      at::Tensor tensor = p.tensor;
      tensor.sub_(p.tensor.grad(), 0.1);
      tensor.mutable_grad().reset();
    }
  }
  EXPECT_LT(last, first - 0.3);
  EXPECT_GE(last, -1.0);
}

}  // namespace
}  // namespace autodidact::simsiam
