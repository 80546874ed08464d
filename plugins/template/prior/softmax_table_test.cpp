// What can be worked out by hand: loss, likelihood, gradient and samples of a small table. Shapes, determinism, save
// and load are the conformance suite's.
#include "softmax_table.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace autodidact::softmax_table {
namespace {

// A host whose numbers are 1/8, 3/8, 5/8, 7/8 and again.
struct Host final : HostServices {
  c10::Device device() const override { return at::kCPU; }
  Precision precision() const override { return Precision::fp32; }
  void log(LogLevel, const std::string&) override {}
  bool stop_requested() const override { return false; }
  at::Generator generator(Purpose) override { throw std::logic_error("this prior draws nothing in training"); }
  at::Tensor uniform(std::int64_t first, std::int64_t n, std::int64_t, std::int64_t, std::int64_t,
                     std::int64_t width) override {
    return (at::arange(first, first + n).remainder(4).to(at::kFloat) * 0.25 + 0.125).unsqueeze(1).repeat({1, width});
  }
};

// Two streams: two positions of 3 codes, then one position of 2 codes. Two classes.
struct SoftmaxTableTest : testing::Test {
  Host host;
  SoftmaxTable make() {
    Context context;
    context.host = &host;
    context.n_classes = 2;
    context.layout = {{.name = "lf", .height = 1, .width = 2, .vocabulary = 3, .first = 0},
                      {.name = "hf", .height = 1, .width = 1, .vocabulary = 2, .first = 2}};
    return SoftmaxTable(Params({{"speed", 1.0}}), context);
  }
  at::Tensor tokens = at::tensor({0, 1, 0, /**/ 0, 2, 1}, at::kLong).view({2, 3});
  at::Tensor y = at::tensor({0, 1}, at::kLong);
};

TEST_F(SoftmaxTableTest, StartsWithEveryCodeEquallyLikely) {
  SoftmaxTable prior = make();
  const double all = 2 * std::log(3.0) + std::log(2.0);  // nats a series
  EXPECT_NEAR(prior.log_likelihood(tokens, {})[0].item<double>(), -all, 1e-6);
  const Loss loss = prior.fit_step(tokens, y, {});
  ASSERT_EQ(loss.terms.size(), 2u);
  EXPECT_NEAR(loss.total.item<double>(), 2 * all / 3, 1e-6);  // both rows, a token
  EXPECT_EQ(prior.fit_step(tokens, {}, {}).terms.size(), 1u);
}

// d(-log softmax(w)[k]) / dw = softmax(w) - one_hot(k), a mean over 2 series and 3 tokens.
TEST_F(SoftmaxTableTest, GradientIsProbabilityMinusFrequency) {
  SoftmaxTable prior = make();
  prior.fit_step(tokens, y, {}).total.backward();
  const at::Tensor gradient = prior.parameters()[0].tensor.grad() * 3;
  const at::Tensor first = at::tensor({1.0f / 3 - 1, 1.0f / 3, 1.0f / 3});
  EXPECT_TRUE(at::allclose(gradient[2][0], first)) << gradient;      // all series: code 0 twice
  EXPECT_TRUE(at::allclose(gradient[0][0], first / 2)) << gradient;  // class 0: once
  EXPECT_TRUE(at::allclose(gradient[2][1], at::tensor({1.0f / 3, 1.0f / 3 - 0.5f, 1.0f / 3 - 0.5f}))) << gradient;
}

TEST_F(SoftmaxTableTest, LikelihoodsOfAllSeriesSumToOne) {
  SoftmaxTable prior = make();
  for (const Parameter& parameter : prior.parameters())
    parameter.tensor.detach().copy_(at::randn_like(parameter.tensor));
  const at::Tensor all = at::cartesian_prod({at::arange(3), at::arange(3), at::arange(2)});
  for (const at::Tensor& labels : {at::Tensor(), at::zeros({18}, at::kLong), at::ones({18}, at::kLong)})
    EXPECT_NEAR(prior.log_likelihood(all, labels).exp().sum().item<double>(), 1.0, 1e-5);
  // Positions are independent: hidden ones have the rows of the table, in row-major order of the mask.
  const at::Tensor mask = at::tensor({1, 1, 0, 0, 1, 1}).view({2, 3}).to(at::kBool);
  const auto hidden = prior.masked_log_probs(tokens, mask, y);
  ASSERT_EQ(hidden[0].sizes(), (std::vector<std::int64_t>{3, 3}));
  const at::Tensor logs = at::log_softmax(prior.parameters()[0].tensor, 2);
  EXPECT_TRUE(at::allclose(hidden[0], at::stack({logs[0][0], logs[0][1], logs[1][1]})));
}

TEST_F(SoftmaxTableTest, SamplesInvertTheCumulativeDistribution) {
  SoftmaxTable prior = make();
  // Class 1, first position: 1/2, 1/4, 1/4. All else: every code equally likely.
  prior.parameters()[0].tensor.detach()[1][0].copy_(at::tensor({0.5f, 0.25f, 0.25f}).log());
  const at::Tensor drawn = prior.sample(4, at::ones({4}, at::kLong), 0, {});
  EXPECT_TRUE(at::equal(drawn, at::tensor({0, 0, 0, /**/ 0, 1, 0, /**/ 1, 1, 1, /**/ 2, 2, 1}, at::kLong).view({4, 3})))
      << drawn;
  EXPECT_TRUE(at::equal(prior.sample(2, at::ones({2}, at::kLong), 2, {}), drawn.narrow(0, 2, 2)));
}

TEST_F(SoftmaxTableTest, TokensAndClassesThatDoNotExistAreErrors) {
  SoftmaxTable prior = make();
  EXPECT_ANY_THROW(prior.fit_step(tokens + 3, y, {}));
  EXPECT_ANY_THROW(prior.fit_step(tokens - 1, y, {}));
  EXPECT_ANY_THROW(prior.fit_step(tokens, y + 3, {}));
}

}  // namespace
}  // namespace autodidact::softmax_table
