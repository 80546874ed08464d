#include <torch/csrc/autograd/grad_mode.h>

#include <cmath>

#include "test_fixture.hpp"

namespace autodidact::autoregressive {
namespace {

// Series of class c hold the codes c, c + 1, c, c + 1, ...
const at::Tensor kY = at::arange(60).remainder(3);
const at::Tensor kTokens = kY.unsqueeze(1) + at::arange(6).remainder(2);

// AdamW as in the protocol; returns the losses.
std::vector<double> fit(Autoregressive& prior, int steps) {
  std::vector<at::Tensor> weights, first, second, counts;
  for (const Parameter& parameter : prior.parameters()) {
    weights.push_back(parameter.tensor);
    first.push_back(at::zeros_like(parameter.tensor));
    second.push_back(at::zeros_like(parameter.tensor));
    counts.push_back(at::zeros({}));
  }
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    at::manual_seed(static_cast<std::uint64_t>(step));
    const Loss loss = prior.fit_step(kTokens, kY, {});
    loss.total.backward();
    at::NoGradGuard no_grad;
    std::vector<at::Tensor> grads;
    for (const at::Tensor& weight : weights) grads.push_back(weight.grad());
    for (at::Tensor& count : counts) count.add_(1);
    at::_fused_adamw_(weights, grads, first, second, {}, counts, 3e-3, 0.9, 0.999, 1e-3, 1e-8, false, false);
    for (at::Tensor& weight : weights) weight.mutable_grad().reset();
    losses.push_back(loss.total.item<double>());
  }
  return losses;
}

// Layers that add nothing, tables of +1 and -1 and a head that weighs the sign: p(same code again) = 3/4.
TEST_F(AutoregressiveTest, LikelihoodOfAChainByHand) {
  Layout layout = {{.name = "all", .height = 1, .width = 3, .vocabulary = 2, .first = 0}};
  const auto prior = make(layout, {{"hidden", std::int64_t{1}}}, 1);
  at::NoGradGuard no_grad;
  for (const Parameter& parameter : prior->parameters()) {
    at::Tensor t = parameter.tensor;
    if (!parameter.name.ends_with("gain")) t.zero_();
    if (parameter.name == "class_table.weight") t.copy_(at::tensor({1.0f, -1.0f}).view({2, 1}));
    if (parameter.name == "token_table.all.weight") t.copy_(at::tensor({1.0f, -1.0f}).view({2, 1}));
    if (parameter.name == "head.all.weight") t.copy_(at::tensor({std::log(3.0f), 0.0f}).view({2, 1}));
  }
  const at::Tensor tokens = at::tensor({0, 1, 1, /**/ 1, 1, 0, /**/ 0, 0, 0}, at::kLong).view({3, 3});
  // Class 0 speaks for code 0, "no class" against it.
  const at::Tensor of_class = prior->log_likelihood(tokens, labels(3, 0)), free = prior->log_likelihood(tokens, {});
  EXPECT_TRUE(at::allclose(of_class.exp(), at::tensor({9.f / 64, 3.f / 64, 27.f / 64}), 1e-5, 1e-7)) << of_class.exp();
  EXPECT_TRUE(at::allclose(free.exp(), at::tensor({3.f / 64, 9.f / 64, 9.f / 64}), 1e-5, 1e-7)) << free.exp();
}

TEST_F(AutoregressiveTest, LikelihoodsOfAllSeriesSumToOne) {
  const auto prior = make(two_streams());
  for (const at::Tensor& label : {at::Tensor(), labels(144, 0), labels(144, 2)})
    EXPECT_NEAR(prior->log_likelihood(all_series(), label).to(at::kDouble).exp().sum().item<double>(), 1.0, 1e-5);
}

TEST_F(AutoregressiveTest, LossIsTheMeanOverPositions) {
  const auto prior = make(two_streams(), {{"p_unconditional", 0.0}});
  const at::Tensor tokens = all_series(), y = at::arange(144).remainder(3);
  const Loss loss = prior->fit_step(tokens, y, {});
  EXPECT_NEAR(loss.total.item<double>(), -prior->log_likelihood(tokens, y).mean().item<double>() / 6, 1e-5);
  ASSERT_EQ(loss.terms.size(), 1u);
  EXPECT_EQ(loss.terms[0].first, "cross_entropy");
  EXPECT_TRUE(at::equal(loss.terms[0].second, loss.total));
  std::map<std::string, double> logs;
  for (const auto& [name, value] : loss.logs) {
    EXPECT_FALSE(value.requires_grad()) << name;
    logs[name] = value.item<double>();
  }
  ASSERT_EQ(logs.size(), 5u);
  EXPECT_NEAR((4 * logs.at("cross_entropy_lf") + 2 * logs.at("cross_entropy_hf")) / 6, loss.total.item<double>(), 1e-6);
  EXPECT_NEAR((4 * logs.at("accuracy_lf") + 2 * logs.at("accuracy_hf")) / 6, logs.at("accuracy"), 1e-6);
  EXPECT_EQ(make(one_stream())->fit_step(kTokens, kY, {}).logs.size(), 1u);
}

TEST_F(AutoregressiveTest, LabelSmoothingSpreadsTheTarget) {
  const auto plain = make(one_stream()), smooth = make(one_stream(), {{"label_smoothing", 1.0}});
  plain->train(false);
  smooth->train(false);
  EXPECT_TRUE(at::equal(plain->log_likelihood(kTokens, kY), smooth->log_likelihood(kTokens, kY)));
  // Wholly smoothed, the target is uniform: the mean of the losses of all codes.
  Layout one = {{.name = "all", .height = 1, .width = 1, .vocabulary = 5, .first = 0}};
  const auto a = make(one), b = make(one, {{"label_smoothing", 1.0}});
  a->train(false);
  b->train(false);
  double sum = 0;
  for (std::int64_t k = 0; k < 5; ++k) sum -= a->log_likelihood(at::full({1, 1}, k, at::kLong), {}).item<double>();
  EXPECT_NEAR(b->fit_step(at::zeros({1, 1}, at::kLong), {}, {}).total.item<double>(), sum / 5, 1e-5);
}

TEST_F(AutoregressiveTest, ClassDropoutActsInTrainingOnly) {
  const auto never = make(one_stream(), {{"p_unconditional", 0.0}}),
             always = make(one_stream(), {{"p_unconditional", 1.0}});
  const auto loss = [&](Autoregressive& prior, const at::Tensor& y) {
    return prior.fit_step(kTokens, y, {}).total.item<double>();
  };
  EXPECT_NE(loss(*never, kY), loss(*always, kY));
  EXPECT_EQ(loss(*always, kY), loss(*never, {}));
  EXPECT_TRUE(at::equal(never->log_likelihood(kTokens, kY), always->log_likelihood(kTokens, kY)));
  never->train(false);
  always->train(false);
  EXPECT_EQ(loss(*never, kY), loss(*always, kY));
}

TEST_F(AutoregressiveTest, DropoutActsInTrainingOnly) {
  const auto prior = make(one_stream(), {{"dropout", 0.5}, {"p_unconditional", 0.0}}),
             plain = make(one_stream(), {{"p_unconditional", 0.0}});
  const auto loss = [&] { return prior->fit_step(kTokens, kY, {}).total.item<double>(); };
  EXPECT_NE(loss(), loss());
  EXPECT_TRUE(at::equal(prior->log_likelihood(kTokens, kY), plain->log_likelihood(kTokens, kY)));
  EXPECT_TRUE(at::equal(prior->sample(20, {}, 0, sampling()), plain->sample(20, {}, 0, sampling())));
  prior->train(false);
  EXPECT_EQ(loss(), loss());
}

TEST_F(AutoregressiveTest, LearnsTokensThatTheClassDecides) {
  const auto prior = make(one_stream());
  const auto losses = fit(*prior, 150);
  EXPECT_LT(losses.back(), 0.2 * losses.front());
  prior->train(false);
  const at::Tensor label = at::arange(90).remainder(kClasses);
  const at::Tensor drawn = prior->sample(90, label, 0, sampling());
  EXPECT_GT((drawn == label.unsqueeze(1) + at::arange(6).remainder(2)).to(at::kDouble).mean().item<double>(), 0.9);
  // Without a class all three kinds of series come up, each consistent in itself.
  const at::Tensor free = prior->sample(90, {}, 0, sampling());
  const at::Tensor consistent = (free - at::arange(6).remainder(2) == free.narrow(1, 0, 1)).all(1);
  EXPECT_GT(consistent.to(at::kDouble).mean().item<double>(), 0.9);
  EXPECT_GE(std::get<0>(at::_unique(free.select(1, 0))).numel(), 3);
}

TEST_F(AutoregressiveTest, OneTokenAndNoClassesWork) {
  Layout one = {{.name = "all", .height = 1, .width = 1, .vocabulary = 4, .first = 0}};
  const auto prior = make(one, {}, std::nullopt);
  const Loss loss = prior->fit_step(at::zeros({4, 1}, at::kLong), {}, {});
  loss.total.backward();
  for (const Parameter& parameter : prior->parameters())
    EXPECT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
  EXPECT_EQ(prior->sample(8, {}, 0, sampling()).sizes(), (std::vector<std::int64_t>{8, 1}));
  EXPECT_THROW(prior->sample(5, labels(5, 0), 0, sampling()), DataError);
}

TEST_F(AutoregressiveTest, BadInputIsNamed) {
  const auto prior = make(one_stream());
  EXPECT_THROW(prior->fit_step(kTokens.narrow(1, 0, 5), kY, {}), DataError);
  EXPECT_THROW(prior->fit_step(kTokens.to(at::kInt), kY, {}), DataError);
  EXPECT_THROW(prior->fit_step(kTokens + 2, kY, {}), DataError);
  EXPECT_THROW(prior->fit_step(kTokens, kY + 1, {}), DataError);
  EXPECT_THROW(prior->fit_step(kTokens, kY.narrow(0, 0, 3), {}), DataError);
  EXPECT_THROW(prior->log_likelihood(kTokens - 1, kY), DataError);
  EXPECT_THROW(prior->sample(60, kY + 1, 0, sampling()), DataError);
  EXPECT_THROW(prior->to(c10::Device("cuda:0")), ConfigError);
  EXPECT_EQ(prior->masked_log_probs(), nullptr);
}

}  // namespace
}  // namespace autodidact::autoregressive
