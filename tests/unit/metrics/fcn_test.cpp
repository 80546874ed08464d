#include "metrics/fcn.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <map>

#include "autodidact/plugin/error.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

std::map<std::string, at::Tensor> state_of(Fcn& fcn) {
  std::map<std::string, at::Tensor> state;
  for (const Parameter& parameter : fcn.parameters()) state[parameter.name] = parameter.tensor;
  for (const Buffer& buffer : fcn.buffers()) state[buffer.name] = buffer.tensor;
  return state;
}

// The network written out layer by layer.
at::Tensor plain_features(Fcn& fcn, const at::Tensor& x, bool training) {
  auto state = state_of(fcn);
  at::Tensor h = x;
  for (const char* block : {"block1", "block2", "block3"}) {
    const std::string name = block;
    const at::Tensor weight = state[name + ".conv.weight"];
    const std::int64_t kernel = weight.size(2), left = (kernel - 1) / 2;  // 3 left and 4 right for 8
    h = at::conv1d(at::constant_pad_nd(h, {left, kernel - 1 - left}), weight, state[name + ".conv.bias"]);
    h = at::relu(at::batch_norm(h, state[name + ".norm.weight"], state[name + ".norm.bias"],
                                state[name + ".norm.running_mean"].clone(), state[name + ".norm.running_var"].clone(),
                                training, 0.1, 1e-5, false));
  }
  return h.mean(2);
}

TEST(Fcn, LossAndFeaturesEqualThePlainNetwork) {
  for (const std::int64_t channels : {1, 3}) {
    at::manual_seed(1);
    Fcn fcn(channels, 37, 4);
    const at::Tensor x = noise({20, channels, 37}, 2), y = at::arange(20, at::kLong).remainder(4);
    const at::Tensor plain = plain_features(fcn, x, true);
    auto state = state_of(fcn);
    const at::Tensor want =
        at::cross_entropy_loss(at::linear(plain, state["classifier.weight"], state["classifier.bias"]), y);
    EXPECT_NEAR(fcn.loss(x, y).item<double>(), want.item<double>(), 1e-5);  // also moves the running statistics
    EXPECT_TRUE(fcn.features(x).allclose(plain_features(fcn, x, false), 1e-4, 1e-5));
    EXPECT_TRUE(fcn.logits(x).allclose(
        at::linear(plain_features(fcn, x, false), state["classifier.weight"], state["classifier.bias"]), 1e-4, 1e-5));
  }
}

TEST(Fcn, ReachesEveryParameterAndLearns) {
  at::manual_seed(1);
  Fcn fcn(1, 32, 2);
  const at::Tensor y = at::arange(16, at::kLong).remainder(2);
  const at::Tensor x = noise({16, 1, 32}, 3) + y.view({16, 1, 1}) * 1.0;
  double first = 0, last = 0;
  for (int step = 0; step < 20; ++step) {
    const at::Tensor loss = fcn.loss(x, y);
    loss.backward();
    last = loss.item<double>();
    if (step == 0) first = last;
    for (const Parameter& parameter : fcn.parameters()) {
      ASSERT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
      at::NoGradGuard no_grad;
      at::Tensor tensor = parameter.tensor;
      tensor.sub_(tensor.grad(), 0.05);
      tensor.mutable_grad() = at::Tensor();
    }
  }
  EXPECT_LT(last, 0.5 * first);
}

TEST(Fcn, InitialWeightsAreBoundedByTheFanInAndFollowTheSeed) {
  at::manual_seed(7);
  Fcn first(1, 64, 3);
  at::manual_seed(7);
  Fcn second(1, 64, 3);
  const auto a = state_of(first), b = state_of(second);
  for (const auto& [name, tensor] : a) EXPECT_TRUE(tensor.equal(b.at(name))) << name;
  const double bound = 1 / std::sqrt(128.0 * 5);
  EXPECT_LE(a.at("block2.conv.weight").abs().max().item<double>(), bound);
  EXPECT_NEAR(a.at("block2.conv.weight").std().item<double>(), bound / std::sqrt(3.0), 0.02 * bound);
}

TEST(Fcn, EvaluationChangesNothingAndBlocksDoNotShow) {
  at::manual_seed(1);
  const auto fcn = std::make_shared<Fcn>(1, 24, 3);
  const at::Tensor x = noise({300, 1, 24}, 1);
  const std::string start = fcn_extractor(fcn).digest;
  fcn->loss(x.narrow(0, 0, 32), at::zeros({32}, at::kLong));
  const std::string before = fcn_extractor(fcn).digest;
  EXPECT_NE(start, before);  // training moves the running statistics
  const at::Tensor all = fcn->features(x);
  EXPECT_EQ(all.sizes(), (at::IntArrayRef{300, 128}));
  EXPECT_FALSE(all.requires_grad());
  EXPECT_TRUE(all.narrow(0, 280, 5).allclose(fcn->features(x.narrow(0, 280, 5)), 1e-5, 1e-6));
  EXPECT_EQ(fcn_extractor(fcn).digest, before);
}

TEST(Fcn, TheBudgetIsCountedFromShapes) {
  // C = 1, L = 128, K = 4: (1024 + 163840 + 98304) * 128 + 512 multiply-adds forward; 6 flop each with the backward
  // pass
  const double series = 6.0 * ((1024.0 + 163840 + 98304) * 128 + 512);
  EXPECT_EQ(Fcn::epochs(1, 128, 4, 1000, 1000, 10), static_cast<std::int64_t>(10e12 / (series * 1000)));
  EXPECT_EQ(Fcn::epochs(1, 128, 4, 10, 1000, 10), 1000);
  EXPECT_EQ(Fcn::epochs(1, 128, 4, 1000000, 1000, 10), 1);
}

TEST(Fcn, ExtractorGivesProbabilitiesAndADigestOfItsWeights) {
  at::manual_seed(1);
  auto fcn = std::make_shared<Fcn>(2, 20, 5);
  const Extractor extractor = fcn_extractor(fcn);
  const at::Tensor x = noise({9, 2, 20}, 1);
  const at::Tensor p = extractor.probabilities(x);
  EXPECT_EQ(p.sizes(), (at::IntArrayRef{9, 5}));
  EXPECT_EQ(p.scalar_type(), at::kDouble);
  EXPECT_TRUE(p.sum(1).allclose(at::ones({9}, at::kDouble)));
  EXPECT_TRUE(extractor.probabilities_of(extractor.features(x)).allclose(p, 1e-5, 1e-7));
  {
    at::NoGradGuard no_grad;
    at::Tensor weight = fcn->parameters()[0].tensor;
    weight[0][0][0].add_(1);
  }
  EXPECT_NE(fcn_extractor(fcn).digest, extractor.digest);
}

TEST(Fcn, ImpossibleSizesAreRefused) { EXPECT_THROW(Fcn(0, 10, 2), DataError); }

}  // namespace
}  // namespace autodidact
