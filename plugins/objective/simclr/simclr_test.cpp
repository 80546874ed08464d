#include "simclr.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "autodidact/plugin/error.hpp"
#include "common/ssl/cosine.hpp"
#include "common/ssl/test_support.hpp"

namespace autodidact::simclr {
namespace {

using namespace ssl::testing_support;

// As the paper writes it, one matrix and automatic differentiation: what the fast form is compared with.
at::Tensor nt_xent_direct(const at::Tensor& a, const at::Tensor& b, double temperature) {
  const std::int64_t batch = a.size(0);
  const at::Tensor u = ssl::unit_rows(at::cat({a, b}));
  const at::Tensor s = at::mm(u, u.t()) / temperature;
  const at::Tensor others =
      s.masked_fill(at::eye(2 * batch, u.options().dtype(at::kBool)), -std::numeric_limits<double>::infinity());
  const at::Tensor positive = s.diagonal(batch);  // (B), and the same again below the diagonal
  return (others.logsumexp(1).sum() - 2 * positive.sum()) / static_cast<double>(2 * batch);
}

struct SimClrTest : testing::Test {
  void SetUp() override { at::manual_seed(15); }
  TestHost host;
  std::unique_ptr<SimClr> make(std::int64_t pooled, std::int64_t width, double temperature = 0.5) {
    Context context;
    context.host = &host;
    context.pooled = pooled;
    return std::make_unique<SimClr>(
        Params({{"width", width}, {"embedding", std::int64_t{8}}, {"temperature", temperature}}), context);
  }
};

TEST_F(SimClrTest, LimitsByHand) {
  const double t = 0.5;
  for (const auto form : {&nt_xent, &nt_xent_direct}) {
    // Collapsed: all 2B - 1 others are as near as the partner.
    const at::Tensor same = at::ones({4, 3}, at::kDouble);
    EXPECT_NEAR(form(same, same, t).item<double>(), std::log(7.0), 1e-14);
    // Partners equal, all else at right angles: -1/t + log(exp(1/t) + (2B - 2)), whatever the lengths.
    const at::Tensor axes = at::eye(3, at::kDouble);
    EXPECT_NEAR(form(axes, 5 * axes, t).item<double>(), -2 + std::log(std::exp(2.0) + 4), 1e-14);
    // B = 2, each partner opposite, the other series at right angles: 1/t + log(exp(-1/t) + 2).
    const at::Tensor two = at::eye(2, at::kDouble);
    EXPECT_NEAR(form(two, -two, t).item<double>(), 2 + std::log(std::exp(-2.0) + 2), 1e-14);
    // One series has no negatives.
    EXPECT_NEAR(form(two.narrow(0, 0, 1), two.narrow(0, 1, 1), t).item<double>(), 0.0, 1e-14);
  }
}

TEST_F(SimClrTest, EqualsTheDirectFormWithItsGradients) {
  for (const std::int64_t batch : {1, 2, 5, 700})  // 1400 rows: a block and a part
    for (const double temperature : {0.05, 0.5, 10.0}) {
      const at::Tensor base = at::randn({batch, 6}, at::kDouble);
      const at::Tensor a = leaf64(base), b = leaf64(base + 0.3 * at::randn_like(base));
      const at::Tensor direct = nt_xent_direct(a, b, temperature);
      (3 * direct).backward();
      const at::Tensor grad_a = a.grad().clone(), grad_b = b.grad().clone();
      a.mutable_grad().reset();
      b.mutable_grad().reset();
      const at::Tensor fast = nt_xent(a, b, temperature);
      (3 * fast).backward();
      EXPECT_NEAR(fast.item<double>(), direct.item<double>(), 1e-11) << batch << ", " << temperature;
      EXPECT_LT((a.grad() - grad_a).abs().max().item<double>(), 1e-11 * (1 + grad_a.abs().max().item<double>()));
      EXPECT_LT((b.grad() - grad_b).abs().max().item<double>(), 1e-11 * (1 + grad_b.abs().max().item<double>()));
    }
}

TEST_F(SimClrTest, GradientEqualsFiniteDifferences) {
  for (const auto form : {&nt_xent, &nt_xent_direct}) {
    const at::Tensor a = leaf64(at::randn({5, 7})), b = leaf64(at::randn({5, 7}));
    EXPECT_LT(gradient_error([&] { return form(a, b, 0.3); }, {a, b}), 1e-6);
  }
}

TEST_F(SimClrTest, GradientsThroughTheProjectorEqualFiniteDifferences) {
  const auto objective = make(3, 4);
  widen(*objective);
  const at::Tensor a = leaf64(at::randn({6, 3})), b = leaf64(at::randn({6, 3}));
  std::vector<at::Tensor> leaves = leaves_of(*objective, "projector.linear2");
  leaves.insert(leaves.end(), {a, b});
  EXPECT_LT(gradient_error([&] { return objective->loss(pair_of(a, b, 1)).total; }, leaves), 1e-6);
}

TEST_F(SimClrTest, WithoutAGraphTheValueIsTheSame) {
  const at::Tensor a = at::randn({5, 7}).set_requires_grad(true), b = at::randn({5, 7});
  const double with = nt_xent(a, b, 0.5).item<double>();
  const at::NoGradGuard no_grad;
  EXPECT_EQ(nt_xent(a, b, 0.5).item<double>(), with);
}

TEST_F(SimClrTest, SmallTemperaturesStayFinite) {
  const at::Tensor a = at::randn({6, 4}).set_requires_grad(true);
  const at::Tensor loss = nt_xent(a, -a, 0.001);
  loss.backward();
  EXPECT_TRUE(std::isfinite(loss.item<double>()));
  EXPECT_TRUE(a.grad().isfinite().all().item<bool>());
}

TEST_F(SimClrTest, PluginGivesTermsStatisticsAndGradients) {
  const auto objective = make(6, 32);
  const at::Tensor a = at::randn({8, 6}).set_requires_grad(true), b = at::randn({8, 6}).set_requires_grad(true);
  const Loss loss = objective->loss(pair_of(a, b));
  EXPECT_EQ(loss.total.item<double>(), loss.terms[0].second.item<double>());
  EXPECT_EQ(loss.logs.size(), 4u);
  EXPECT_TRUE(objective->loss(pair_of(a, b, 1)).logs.empty());
  loss.total.backward();
  for (const Parameter& p : objective->parameters()) EXPECT_TRUE(p.tensor.grad().defined()) << p.name;
  EXPECT_GT(a.grad().abs().max().item<double>(), 0.0);
  EXPECT_GT(b.grad().abs().max().item<double>(), 0.0);
  EXPECT_EQ(objective->parameters().size(), 6u);
  EXPECT_EQ(objective->buffers().size(), 2u);
}

TEST_F(SimClrTest, TheTemperatureIsUsed) {
  const at::Tensor a = at::randn({8, 6}), b = at::randn({8, 6});
  at::manual_seed(1);
  const double sharp = make(6, 32, 0.1)->loss(pair_of(a, b)).total.item<double>();
  at::manual_seed(1);
  const double flat = make(6, 32, 1000)->loss(pair_of(a, b)).total.item<double>();
  EXPECT_NEAR(flat, std::log(15.0), 1e-2);  // all others equally near
  EXPECT_GT(std::abs(sharp - flat), 0.1);
}

TEST_F(SimClrTest, BadInputIsRefused) {
  EXPECT_THROW(make(6, 32)->loss(pair_of(at::randn({1, 6}), at::randn({1, 6}))), DataError);
  EXPECT_TRUE(std::isfinite(make(6, 32)->loss(pair_of(at::randn({2, 6}), at::randn({2, 6}))).total.item<double>()));
  EXPECT_THROW(make(0, 32), ConfigError);
}

TEST_F(SimClrTest, ShortTrainingLowersTheLoss) {
  const auto objective = make(6, 32);
  const at::Tensor a = at::randn({16, 6}), b = a + 0.1 * at::randn({16, 6});
  double first = 0, last = 0;
  for (int step = 0; step < 40; ++step) {
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
  EXPECT_LT(last, first - 0.2);
}

}  // namespace
}  // namespace autodidact::simclr
