#include "tvq24_network.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "dropped_embedding.hpp"
#include "taps.hpp"

namespace autodidact::maskgit {
namespace {

using Tensors = std::vector<at::Tensor>;

NetworkOptions small(bool second = false) {
  NetworkOptions o;
  o.own = {.tokens = 5, .codes = 7, .embedding = 8, .codebook = std::nullopt};
  if (second) o.earlier = {{.tokens = 3, .codes = 6, .embedding = 4, .codebook = std::nullopt}};
  o.classes = 3;
  o.hidden = 16;
  o.layers = 2;
  return o;
}
std::int64_t count_of(const Network& network) {
  nn::State state;
  network.list(state);
  std::int64_t count = 0;
  for (const Parameter& parameter : state.parameters) count += parameter.tensor.numel();
  return count;
}
const at::Tensor kIds = at::tensor({0, 7, 2, 7, 4, /**/ 7, 7, 7, 6, 5}, at::kLong).view({2, 5});
const at::Tensor kEarlier = at::tensor({1, 5, 0, /**/ 2, 2, 3}, at::kLong).view({2, 3});
const at::Tensor kClasses = at::tensor({1, 3}, at::kLong);

TEST(Tvq24Network, ProfileHasThePublishedNumberOfWeights) {
  NetworkOptions lf;
  lf.own = {.tokens = 9, .codes = 1024, .embedding = 128, .codebook = std::nullopt};
  lf.classes = 2;
  lf.hidden = 128;
  // Tables, projection, head; each matrix with weight norm has one more number a row.
  const std::int64_t layer =
      2 * 128 + 384 * 129 + 256 + 128 + 128 * 129 + 2 * 128 + 2 * 128 + 85 * 129 + 3 * 85 + 128 * 85;
  EXPECT_EQ(count_of(Tvq24Network(lf)),
            (1025 + 10 + 3) * 128 + 128 * 129 + 4 * layer + 128 * 130 + 2 * 128 + 1024 * 130);
}

TEST(Tvq24Network, RowsAreThoseOfTheWholeAndSeriesRepeat) {
  for (const bool second : {false, true}) {
    at::manual_seed(2);
    Tvq24Network network(small(second));
    network.train(false);
    at::NoGradGuard no_grad;
    const auto pass = network.begin(second ? Tensors{kEarlier} : Tensors{});
    const at::Tensor whole = pass->logits(kIds, kClasses, {});
    EXPECT_EQ(whole.sizes(), (std::vector<std::int64_t>{10, 7}));
    const at::Tensor rows = at::tensor({1, 4, 5, 9}, at::kLong);
    EXPECT_TRUE(at::allclose(pass->logits(kIds, kClasses, rows), whole.index_select(0, rows), 1e-5, 1e-6));
    const at::Tensor twice = pass->logits(at::cat({kIds, kIds}), at::cat({kClasses, kClasses}), {});
    EXPECT_TRUE(at::allclose(twice, at::cat({whole, whole}), 1e-5, 1e-6));
  }
}

TEST(Tvq24Network, SeesEveryTokenTheClassAndTheCondition) {
  at::manual_seed(3);
  Tvq24Network network(small(true));
  network.train(false);
  at::NoGradGuard no_grad;
  const at::Tensor row = at::tensor({1}, at::kLong);
  const auto logits = [&](const at::Tensor& earlier, const at::Tensor& ids, const at::Tensor& classes) {
    return network.begin({earlier})->logits(ids, classes, row);
  };
  const at::Tensor base = logits(kEarlier, kIds, kClasses);
  at::Tensor other = kIds.clone();
  other[0][4] = 3;
  EXPECT_GT((logits(kEarlier, other, kClasses) - base).abs().max().item<double>(), 1e-4);
  EXPECT_GT((logits(kEarlier, kIds, at::tensor({2, 3}, at::kLong)) - base).abs().max().item<double>(), 1e-4);
  other = kEarlier.clone();
  other[0][2] = 4;
  EXPECT_GT((logits(other, kIds, kClasses) - base).abs().max().item<double>(), 1e-4);
}

TEST(Tvq24Network, DropoutActsInTrainingOnVisibleTokensOnly) {
  NetworkOptions options = small();
  options.dropout = 0.5;
  at::manual_seed(4);
  Tvq24Network network(options);
  at::NoGradGuard no_grad;
  const at::Tensor masked = at::full({2, 5}, 7, at::kLong);
  const auto logits = [&](const at::Tensor& ids) { return network.begin({})->logits(ids, kClasses, {}); };
  const at::Tensor all_masked = logits(masked);
  EXPECT_TRUE(at::equal(all_masked, logits(masked)));
  EXPECT_FALSE(at::equal(logits(kIds), logits(kIds)));
  network.train(false);
  EXPECT_TRUE(at::equal(logits(kIds), logits(kIds)));
  EXPECT_TRUE(at::allclose(logits(masked), all_masked, 1e-5, 1e-6));  // the projected table and the projected vectors
}

// The condition path as the paper's code writes it, then the projection: parameters by their names.
at::Tensor plain_condition(const std::map<std::string, at::Tensor>& p, const at::Tensor& ids, std::int64_t m,
                           const at::Tensor& projection) {
  const auto weight = [&](const std::string& name) {
    const at::Tensor& v = p.at(name + ".v");
    return v / v.norm(2, {1, 2}, true) * p.at(name + ".g");
  };
  at::Tensor x = at::upsample_nearest1d(at::embedding(p.at("c.table"), ids).transpose(1, 2), {m});  // (B, E, m)
  x = at::gelu(at::conv1d(x, weight("c.wide"), p.at("c.wide.bias"), 1, 3));
  x = at::batch_norm(x, p.at("c.norm.weight"), p.at("c.norm.bias"), {}, {}, true, 0.1, 1e-5, false);
  x = at::conv1d(x, weight("c.narrow"), p.at("c.narrow.bias"), 1, 6, 2);
  return at::linear(x.transpose(1, 2), projection);
}

TEST(UpscaledCondition, IsTheTwoConvolutionsWithTheirGradients) {
  for (const std::int64_t m : {2, 3, 11, 20}) {  // fewer positions than it has, as many, more
    at::manual_seed(5);
    const UpscaledCondition condition({.tokens = 3, .codes = 6, .embedding = 4, .codebook = std::nullopt}, m);
    nn::State state;
    condition.list("c", state);
    std::map<std::string, at::Tensor> by_name;
    Tensors leaves;
    for (const Parameter& parameter : state.parameters) {
      at::Tensor(parameter.tensor).set_data(parameter.tensor.to(at::kDouble) + at::randn_like(parameter.tensor) * 0.1);
      by_name[parameter.name] = parameter.tensor;
      leaves.push_back(parameter.tensor);
    }
    for (const Buffer& buffer : state.buffers) at::Tensor(buffer.tensor).set_data(buffer.tensor.to(at::kDouble));
    const at::Tensor projection = at::randn({5, 4}, at::kDouble).set_requires_grad(true);
    leaves.push_back(projection);
    const at::Tensor got = condition.project(kEarlier, projection, 0.0, true);
    const at::Tensor want = plain_condition(by_name, kEarlier, m, projection);
    EXPECT_TRUE(at::allclose(got, want, 1e-9, 1e-9)) << m;
    const at::Tensor cotangent = at::randn_like(want);
    const Tensors a = torch::autograd::grad({(got * cotangent).sum()}, leaves);
    const Tensors b = torch::autograd::grad({(want * cotangent).sum()}, leaves);
    for (std::size_t i = 0; i < leaves.size(); ++i) EXPECT_TRUE(at::allclose(a[i], b[i], 1e-8, 1e-8)) << m << " " << i;
  }
}

TEST(DroppedEmbedding, DropsTheSharesItSaysOnVisibleTokensAndBackwardTheSame) {
  at::manual_seed(7);
  const at::Tensor table = (at::rand({6, 400}, at::kDouble) + 1).set_requires_grad(true);
  const at::Tensor ids = at::arange(60).remainder(6).view({5, 12});  // the mask is 5
  const at::Tensor out = dropped_embedding(table, ids, 5, 0.3);
  const at::Tensor plain = at::embedding(table, ids).detach(), visible = ids != 5;
  const at::Tensor kept = (out != 0).detach();
  EXPECT_TRUE(at::allclose(out.detach(), at::where(visible.unsqueeze(2), plain / 0.7 * kept, plain)));
  const at::Tensor share = kept.to(at::kDouble).index({visible});  // (50, 400)
  EXPECT_NEAR(share.mean().item<double>(), 0.7, 0.01);             // standard deviation 0.0032
  EXPECT_LT((share.mean(0) - 0.7).abs().max().item<double>(), 0.3);
  EXPECT_LT((share.mean(1) - 0.7).abs().max().item<double>(), 0.1);
  EXPECT_FALSE(at::equal(dropped_embedding(table, ids, 5, 0.3), out));
  at::manual_seed(7);
  at::rand({6, 400}, at::kDouble);
  EXPECT_TRUE(at::equal(dropped_embedding(table, ids, 5, 0.3), out));
  // The result is linear in the table: its gradient is that of the same factors.
  const at::Tensor cotangent = at::randn_like(out).detach();
  const at::Tensor grad = torch::autograd::grad({(out * cotangent).sum()}, {table})[0];
  const at::Tensor factor = (out / at::embedding(table, ids)).detach();
  EXPECT_TRUE(
      at::allclose(grad, at::zeros_like(table).index_add(0, ids.view(-1), (factor * cotangent).view({60, 400}))));
}

TEST(Taps, SourcesByHand) {
  // Two positions resized to five: 0 0 0 1 1; three taps.
  const at::Tensor want = at::tensor({-1, 0, 0, /**/ 0, 0, 0, /**/ 0, 0, 1, /**/ 0, 1, 1, /**/ 1, 1, -1}, at::kLong);
  EXPECT_TRUE(at::equal(tap_sources(2, 5, 3, 1), want.view({5, 3})));
  const at::Tensor dilated = at::tensor({-1, 0, 2, /**/ -1, 1, -1, /**/ 0, 2, -1}, at::kLong);
  EXPECT_TRUE(at::equal(tap_sources(3, 3, 3, 2), dilated.view({3, 3})));
}

TEST(Taps, GradientsAgreeWithFiniteDifferences) {
  at::manual_seed(6);
  const at::Tensor sources = tap_sources(3, 7, 5, 1);
  const at::Tensor sent = at::randn({2, 3, 5, 4}, at::kDouble).set_requires_grad(true);
  const at::Tensor bias = at::randn({4}, at::kDouble).set_requires_grad(true);
  const at::Tensor cotangent = at::randn({2, 7, 4}, at::kDouble);
  const auto value = [&] { return (gather_taps(sent, sources, bias) * cotangent).sum(); };
  const Tensors grads = torch::autograd::grad({value()}, {sent, bias});
  EXPECT_TRUE(at::allclose(grads[1], cotangent.sum({0, 1})));
  const at::Tensor grad = grads[0].reshape(-1);
  at::NoGradGuard no_grad;
  at::Tensor flat = sent.view(-1);
  for (std::int64_t j = 0; j < flat.numel(); ++j) {
    const double kept = flat[j].item<double>();
    flat[j] = kept + 1e-6;
    const double above = value().item<double>();
    flat[j] = kept - 1e-6;
    const double below = value().item<double>();
    flat[j] = kept;
    EXPECT_NEAR(grad[j].item<double>(), (above - below) / 2e-6, 1e-7);
  }
}

}  // namespace
}  // namespace autodidact::maskgit
