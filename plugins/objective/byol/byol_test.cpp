#include "byol.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "byol_loss.hpp"
#include "common/ssl/test_support.hpp"

namespace autodidact::byol {
namespace {

using namespace ssl::testing_support;

at::Tensor total(const Terms& terms) { return terms.a_to_b + terms.b_to_a; }

struct ByolTest : testing::Test {
  void SetUp() override { at::manual_seed(16); }
  TestHost host;
  std::unique_ptr<Byol> make(std::int64_t pooled, std::int64_t width, std::int64_t embedding = 8) {
    Context context;
    context.host = &host;
    context.pooled = pooled;
    return std::make_unique<Byol>(Params({{"width", width}, {"embedding", embedding}, {"momentum", 0.9}}), context);
  }
  // Targets are those of other inputs, as from a tokenizer that lags behind.
  ObjectiveInput input(const at::Tensor& a, const at::Tensor& b, std::int64_t step = 0) {
    ObjectiveInput in = pair_of(a, b, step);
    in.target_a = Embedding{{}, 0.9 * a.detach() + 0.1};
    in.target_b = Embedding{{}, 0.9 * b.detach() - 0.1};
    in.info.step = step;
    in.info.total_steps = 100;
    return in;
  }
  static at::Tensor buffer(Byol& objective, const std::string& name) {
    for (const Buffer& b : objective.buffers())
      if (b.name == name) return b.tensor;
    throw std::logic_error(name);
  }
};

void descend(Objective& objective, double rate) {
  const at::NoGradGuard no_grad;
  for (const Parameter& p : objective.parameters()) {
    at::Tensor tensor = p.tensor;
    tensor.sub_(p.tensor.grad(), rate);
    tensor.mutable_grad().reset();
  }
}

TEST_F(ByolTest, LimitsByHand) {
  const at::Tensor e1 = at::tensor({1.0, 0.0, 2.0, 0.0}, at::kDouble).view({2, 2}), e2 = e1.flip(1);
  // |q - z'|^2 of unit vectors: equal 0, at right angles 2, opposite 4; each in both directions, whatever the lengths.
  EXPECT_NEAR(total(byol_loss(e1, e2, 3 * e2, 5 * e1)).item<double>(), 0.0, 1e-15);
  EXPECT_NEAR(total(byol_loss(e1, e2, e1, e2)).item<double>(), 4.0, 1e-15);
  EXPECT_NEAR(total(byol_loss(e1, e2, -e2, -e1)).item<double>(), 8.0, 1e-15);
  // One row (3, 4) against (1, 0): (0.6 - 1)^2 + 0.8^2 = 0.8.
  const at::Tensor q = at::tensor({3.0, 4.0}, at::kDouble).view({1, 2}), z = e1.narrow(0, 0, 1);
  EXPECT_NEAR(byol_loss(q, z, z, z).a_to_b.item<double>(), 0.8, 1e-15);
  EXPECT_NEAR(byol_loss(q, z, z, z).b_to_a.item<double>(), 0.0, 1e-15);
}

TEST_F(ByolTest, TheMomentumRisesAlongACosine) {
  EXPECT_DOUBLE_EQ(target_momentum(0.9, 0, 100), 0.9);
  EXPECT_NEAR(target_momentum(0.9, 50, 100), 0.95, 1e-15);
  EXPECT_NEAR(target_momentum(0.9, 25, 100), 1 - 0.1 * (std::sqrt(0.5) + 1) / 2, 1e-15);
  EXPECT_DOUBLE_EQ(target_momentum(0.9, 100, 100), 1.0);
  EXPECT_DOUBLE_EQ(target_momentum(0.9, 500, 100), 1.0);
  EXPECT_DOUBLE_EQ(target_momentum(0.9, 0, 0), 0.9);
}

TEST_F(ByolTest, GradientEqualsFiniteDifferencesWithTheTargetsHeldStill) {
  const at::Tensor q_a = leaf64(at::randn({5, 7})), q_b = leaf64(at::randn({5, 7}));
  const at::Tensor t_a = leaf64(at::randn({5, 7})), t_b = leaf64(at::randn({5, 7}));
  EXPECT_LT(gradient_error([&] { return total(byol_loss(q_a, q_b, t_a, t_b)); }, {q_a, q_b}), 1e-6);
  EXPECT_FALSE(t_a.grad().defined());
  EXPECT_FALSE(t_b.grad().defined());
}

// All but biases in front of batch normalisation, whose gradients are zero.
TEST_F(ByolTest, GradientsOfTheWholeEqualFiniteDifferences) {
  const auto objective = make(3, 4, 2);
  widen(*objective);
  const at::Tensor a = leaf64(at::randn({6, 3})), b = leaf64(at::randn({6, 3}));
  const ObjectiveInput fixed = input(a, b, 1);
  std::vector<at::Tensor> leaves = leaves_of(*objective, "predictor.linear2");
  for (const char* part : {"projector.linear1.weight", "projector.linear2.weight", "predictor.linear1.weight"})
    for (const at::Tensor& leaf : leaves_of(*objective, part)) leaves.push_back(leaf);
  leaves.insert(leaves.end(), {a, b});
  EXPECT_LT(gradient_error([&] { return objective->loss(fixed).total; }, leaves), 1e-6);
}

TEST_F(ByolTest, TheTargetProjectorStartsEqualAndFollows) {
  const auto objective = make(6, 16);
  const at::Tensor online = leaves_of(*objective, "projector.linear2.weight").front();
  const at::Tensor target = buffer(*objective, "target_projector.linear2.weight");
  EXPECT_TRUE(at::equal(online, target));
  EXPECT_FALSE(target.requires_grad());
  const ObjectiveInput in = input(at::randn({8, 6}), at::randn({8, 6}), 50);
  objective->loss(in).total.backward();
  descend(*objective, 0.1);
  const at::Tensor before = target.clone();
  objective->after_step(in.info);
  const double m = objective->momentum(in.info);
  EXPECT_NEAR(m, 0.95, 1e-12);
  EXPECT_TRUE(at::allclose(target, m * before + (1 - m) * online.detach(), 1e-6, 1e-7));
  EXPECT_FALSE(at::equal(target, before));
}

TEST_F(ByolTest, PluginGivesTermsStatisticsAndGradients) {
  const auto objective = make(6, 32);
  const at::Tensor a = at::randn({8, 6}).set_requires_grad(true), b = at::randn({8, 6}).set_requires_grad(true);
  const Loss loss = objective->loss(input(a, b));
  EXPECT_NEAR(loss.total.item<double>(), (loss.terms[0].second + loss.terms[1].second).item<double>(), 1e-6);
  EXPECT_EQ(loss.logs.size(), 4u);
  EXPECT_TRUE(objective->loss(input(a, b, 1)).logs.empty());
  loss.total.backward();
  for (const Parameter& p : objective->parameters()) EXPECT_TRUE(p.tensor.grad().defined()) << p.name;
  EXPECT_GT(a.grad().abs().max().item<double>(), 0.0);
  EXPECT_GT(b.grad().abs().max().item<double>(), 0.0);
  EXPECT_EQ(objective->parameters().size(), 12u);
  EXPECT_EQ(objective->buffers().size(), 2u + 8u + 2u);
}

TEST_F(ByolTest, EvaluationKeepsEveryBuffer) {
  const auto objective = make(6, 32);
  const ObjectiveInput in = input(at::randn({8, 6}), at::randn({8, 6}));
  objective->loss(in);
  objective->train(false);
  std::vector<at::Tensor> before;
  for (const Buffer& b : objective->buffers()) before.push_back(b.tensor.clone());
  objective->loss(in);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(at::equal(before[i], objective->buffers()[i].tensor));
}

TEST_F(ByolTest, BadInputIsRefused) {
  EXPECT_THROW(make(6, 32)->loss(input(at::randn({1, 6}), at::randn({1, 6}))), DataError);
  EXPECT_THROW(make(6, 32)->loss(pair_of(at::randn({4, 6}), at::randn({4, 6}))), DataError);  // no targets
  EXPECT_TRUE(std::isfinite(make(6, 32)->loss(input(at::randn({2, 6}), at::randn({2, 6}))).total.item<double>()));
  EXPECT_THROW(make(0, 32), ConfigError);
}

TEST_F(ByolTest, ShortTrainingDrawsTheViewsTogether) {
  const auto objective = make(6, 64);
  const at::Tensor a = at::randn({32, 6}), b = a + 0.1 * at::randn({32, 6});
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    const ObjectiveInput in = input(a, b, step);
    const Loss loss = objective->loss(in);
    (step == 0 ? first : last) = loss.total.item<double>();
    loss.total.backward();
    descend(*objective, 0.05);
    objective->after_step(in.info);
  }
  EXPECT_LT(last, first - 1.0);
}

}  // namespace
}  // namespace autodidact::byol
