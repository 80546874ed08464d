#include "network.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <set>

namespace autodidact::autoregressive {
namespace {

// The second stream stands in front of the first in the columns of the tokens.
Layout two_streams() {
  return {{.name = "lf", .height = 2, .width = 2, .vocabulary = 5, .first = 3},
          {.name = "hf", .height = 1, .width = 3, .vocabulary = 7, .first = 0}};
}
DecoderOptions small() { return {.hidden = 12, .layers = 2, .heads = 2, .head_width = 4, .ff_mult = 2}; }
const at::Tensor kTokens = at::tensor({6, 0, 3, 4, 0, 2, 1, /**/ 1, 5, 2, 0, 0, 3, 4}, at::kLong).view({2, 7});
const at::Tensor kClasses = at::tensor({1, 3}, at::kLong);

std::vector<at::Tensor> leaves(const Network& network) {
  std::vector<at::Tensor> out;
  for (const Parameter& parameter : network.parameters()) out.push_back(parameter.tensor);
  return out;
}

TEST(Network, ParametersAreLeavesWithUniqueNames) {
  const Network network(small(), two_streams(), 3);
  std::set<std::string> names;
  for (const Parameter& parameter : network.parameters()) {
    EXPECT_TRUE(parameter.tensor.is_leaf() && parameter.tensor.requires_grad()) << parameter.name;
    EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
  }
  EXPECT_EQ(names.size(), 2u + 2u + 2u * 8u + 1u + 4u);
}

TEST(Network, LogitsStandBesideTheirTokens) {
  at::manual_seed(1);
  const Network network(small(), two_streams(), 3);
  const auto logits = network.logits(kTokens, kClasses, 0.0);
  ASSERT_EQ(logits.size(), 2u);
  EXPECT_EQ(logits[0].sizes(), (std::vector<std::int64_t>{8, 5}));
  EXPECT_EQ(logits[1].sizes(), (std::vector<std::int64_t>{6, 7}));
  EXPECT_EQ(network.places()[0].column, 3);
  EXPECT_EQ(network.places()[4].column, 0);
  // One series alone gives its rows.
  const auto second = network.logits(kTokens.narrow(0, 1, 1), kClasses.narrow(0, 1, 1), 0.0);
  EXPECT_TRUE(at::allclose(second[0], logits[0].narrow(0, 4, 4), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(second[1], logits[1].narrow(0, 3, 3), 1e-5, 1e-6));
}

TEST(Network, LaterTokensDoNotChangeEarlierLogits) {
  at::manual_seed(2);
  at::NoGradGuard no_grad;
  const Network network(small(), two_streams(), 3);
  const auto all = [&](const at::Tensor& tokens) {  // (B, N, 7), streams of fewer codes padded
    const auto logits = network.logits(tokens, kClasses, 0.0);
    return at::cat({at::constant_pad_nd(logits[0], {0, 2}).view({2, 4, 7}), logits[1].view({2, 3, 7})}, 1);
  };
  const at::Tensor base = all(kTokens);
  for (std::size_t i = 0; i < 7; ++i) {
    at::Tensor other = kTokens.clone();
    const auto& place = network.places()[i];
    other.select(1, place.column).add_(1).remainder_(two_streams()[place.stream].vocabulary);
    const at::Tensor difference = (all(other) - base).abs().amax({0, 2});  // (N)
    for (std::int64_t j = 0; j < 7; ++j) {
      if (j <= static_cast<std::int64_t>(i))
        EXPECT_EQ(difference[j].item<float>(), 0.0f) << "token " << i << " seen at " << j;
      else
        EXPECT_GT(difference[j].item<float>(), 1e-4f) << "token " << i << " not seen at " << j;
    }
  }
}

TEST(Network, SeesTheClassEverywhere) {
  at::manual_seed(3);
  at::NoGradGuard no_grad;
  const Network network(small(), two_streams(), 3);
  const auto a = network.logits(kTokens, kClasses, 0.0);
  const auto b = network.logits(kTokens, at::tensor({2, 3}, at::kLong), 0.0);
  EXPECT_GT((a[0] - b[0]).narrow(0, 0, 4).abs().amax({1}).min().item<double>(), 1e-4);
  EXPECT_GT((a[1] - b[1]).narrow(0, 0, 3).abs().amax({1}).min().item<double>(), 1e-4);
  EXPECT_TRUE(at::allclose(a[1].narrow(0, 3, 3), b[1].narrow(0, 3, 3), 1e-6, 1e-6));
}

TEST(Network, OneTokenAtATimeGivesTheSameLogits) {
  at::NoGradGuard no_grad;
  for (const bool bf16 : {false, true}) {
    at::manual_seed(4);
    DecoderOptions options = small();
    options.hidden = 64;
    options.bf16 = bf16;
    const Network network(options, two_streams(), 3);
    const auto whole = network.logits(kTokens, kClasses, 0.0);
    Network::Sampler sampler(network, 2);
    at::Tensor ids = kClasses;
    for (const Network::Place& place : network.places()) {
      const at::Tensor& all = whole[place.stream];
      const at::Tensor want = all.view({2, -1, all.size(1)}).select(1, place.position), got = sampler.next(ids);
      EXPECT_LT((got - want).abs().max().item<double>(), bf16 ? 0.02 : 1e-5) << place.column;
      ids = kTokens.select(1, place.column);
    }
  }
}

TEST(Network, GradientsAgreeWithFiniteDifferences) {
  at::manual_seed(5);
  const Network network(small(), two_streams(), 3);
  const auto weights = leaves(network);
  for (at::Tensor weight : weights) weight.set_data(weight.to(at::kDouble));
  const at::Tensor target[] = {kTokens.narrow(1, 3, 4).reshape({8}), kTokens.narrow(1, 0, 3).reshape({6})};
  const auto value = [&] {
    const auto logits = network.logits(kTokens, kClasses, 0.0);
    return at::cross_entropy_loss(logits[0], target[0]) + at::cross_entropy_loss(logits[1], target[1]);
  };
  const auto grads = torch::autograd::grad({value()}, weights);
  at::NoGradGuard no_grad;
  constexpr double step = 1e-6;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    at::Tensor flat = weights[i].view(-1);
    for (std::int64_t j = 0; j < flat.numel(); j += 1 + flat.numel() / 12) {
      const double kept = flat[j].item<double>();
      flat[j] = kept + step;
      const double above = value().item<double>();
      flat[j] = kept - step;
      const double below = value().item<double>();
      flat[j] = kept;
      EXPECT_NEAR(grads[i].reshape(-1)[j].item<double>(), (above - below) / (2 * step), 1e-7)
          << network.parameters()[i].name << " " << j;
    }
  }
}

TEST(Network, DropoutActsOnlyWhenAskedFor) {
  at::manual_seed(6);
  at::NoGradGuard no_grad;
  const Network network(small(), two_streams(), 3);
  EXPECT_TRUE(at::equal(network.logits(kTokens, kClasses, 0.0)[0], network.logits(kTokens, kClasses, 0.0)[0]));
  EXPECT_FALSE(at::equal(network.logits(kTokens, kClasses, 0.5)[0], network.logits(kTokens, kClasses, 0.5)[0]));
}

TEST(Network, Bfloat16IsCloseWithItsGradients) {
  at::manual_seed(7);
  DecoderOptions options = small();
  options.hidden = 64;
  const Network wide(options, two_streams(), 3);
  options.bf16 = true;
  const Network narrow(options, two_streams(), 3);
  const auto a = leaves(wide), b = leaves(narrow);
  {
    at::NoGradGuard no_grad;
    for (std::size_t i = 0; i < a.size(); ++i) b[i].copy_(a[i]);
  }
  const auto want = wide.logits(kTokens, kClasses, 0.0), got = narrow.logits(kTokens, kClasses, 0.0);
  EXPECT_EQ(got[0].scalar_type(), at::kFloat);
  EXPECT_LT((got[0] - want[0]).norm().item<double>(), 0.03 * want[0].norm().item<double>());
  const auto loss = [](const std::vector<at::Tensor>& logits) {
    return logits[0].log_softmax(1).square().sum() + logits[1].log_softmax(1).square().sum();
  };
  const auto grads_want = torch::autograd::grad({loss(want)}, a), grads_got = torch::autograd::grad({loss(got)}, b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(grads_got[i].scalar_type(), at::kFloat);
    EXPECT_LT((grads_got[i] - grads_want[i]).norm().item<double>(), 0.05 * grads_want[i].norm().item<double>() + 1e-4)
        << wide.parameters()[i].name;
  }
}

}  // namespace
}  // namespace autodidact::autoregressive
