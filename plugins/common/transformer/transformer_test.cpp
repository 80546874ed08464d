#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <vector>

#include "common/transformer/attention.hpp"
#include "common/transformer/categorical.hpp"
#include "common/transformer/rms_norm.hpp"
#include "common/transformer/test_gradients.hpp"
#include "common/transformer/trunk.hpp"

namespace autodidact::transformer {
namespace {

at::Tensor plain_rms_norm(const at::Tensor& x, const at::Tensor& gain) {
  return x / x.norm(2, {1}, true) * std::sqrt(static_cast<double>(x.size(1))) * gain;
}

TEST(RmsNorm, EqualsItsFormula) {
  at::manual_seed(1);
  for (const std::int64_t width : {1, 7, 16, 37, 256}) {
    const at::Tensor x = random({300, width}), gain = random({width});
    EXPECT_TRUE(at::allclose(rms_norm(x, gain, at::kDouble), plain_rms_norm(x, gain), 1e-12, 1e-12)) << width;
    const at::Tensor xf = x.to(at::kFloat), gf = gain.to(at::kFloat);
    EXPECT_TRUE(at::allclose(rms_norm(xf, gf, at::kFloat), plain_rms_norm(xf, gf), 1e-5, 1e-5)) << width;
  }
}

TEST(RmsNorm, GradientsAgreeWithFiniteDifferences) {
  at::manual_seed(2);
  check_gradients([](const Tensors& t) { return rms_norm(t[0], t[1], at::kDouble); }, {random({3, 19}), random({19})});
}

TEST(AddRmsNorm, GradientsAgreeWithFiniteDifferencesThroughBothResults) {
  at::manual_seed(3);
  const Tensors inputs = {random({3, 19}), random({3, 19}), random({19})};
  const auto both = [](const Tensors& t) {
    const auto [sum, normed] = add_rms_norm(t[0], t[1], t[2]);
    return at::cat({sum, normed});
  };
  check_gradients(both, inputs);
  check_gradients([](const Tensors& t) { return add_rms_norm(t[0], t[1], t[2]).second; }, inputs);
  const at::Tensor gain = inputs[2];
  check_gradients([&](const Tensors& t) { return add_rms_norm(t[0], t[1], gain).first; }, {inputs[0], inputs[1]});
}

TEST(AddRmsNorm, FloatGradientsOfManyRowsAgreeWithDouble) {
  at::manual_seed(4);
  const at::Tensor x = random({1000, 64}), delta = random({1000, 64}), gain = random({64});
  const at::Tensor cotangent = at::randn({2000, 64}, at::kDouble);
  const auto grads = [&](at::ScalarType type) {
    Tensors leaves;
    for (const at::Tensor& t : {x, delta, gain}) leaves.push_back(t.detach().to(type).set_requires_grad(true));
    const auto [sum, normed] = add_rms_norm(leaves[0], leaves[1], leaves[2]);
    return torch::autograd::grad({(at::cat({sum, normed}) * cotangent.to(type)).sum()}, leaves);
  };
  const Tensors wide = grads(at::kDouble), narrow = grads(at::kFloat);
  for (std::size_t i = 0; i < wide.size(); ++i)
    EXPECT_TRUE(at::allclose(narrow[i].to(at::kDouble), wide[i], 1e-4, 1e-4)) << i;
}

TEST(AddRmsNorm, Bfloat16IsRoundedFloat) {
  at::manual_seed(5);
  const at::Tensor x = random({50, 40}, at::kFloat), gain = random({40}, at::kFloat);
  const at::Tensor delta = at::randn({50, 40}).to(at::kBFloat16).set_requires_grad(true);
  const auto [sum, normed] = add_rms_norm(x, delta, gain);
  EXPECT_EQ(normed.scalar_type(), at::kBFloat16);
  const at::Tensor wide = x + delta.to(at::kFloat);
  EXPECT_TRUE(at::equal(sum, wide));
  // Two float32 summation orders may round to neighbouring bfloat16 numbers.
  EXPECT_TRUE(at::allclose(normed.to(at::kFloat), plain_rms_norm(wide, gain), 1.0 / 128, 1e-6));
  const Tensors grads = torch::autograd::grad({normed.to(at::kFloat).sum() + sum.sum()}, {x, delta, gain}, {}, true);
  EXPECT_EQ(grads[1].scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::equal(grads[1], grads[0].to(at::kBFloat16)));
  const Tensors want = torch::autograd::grad({plain_rms_norm(wide, gain).sum() + wide.sum()}, {x, gain});
  EXPECT_TRUE(at::allclose(grads[0], want[0], 1e-3, 1e-3));
  EXPECT_TRUE(at::allclose(grads[2], want[1], 1e-3, 1e-3));
}

TEST(AddRmsNorm, NotANumberStaysOneInBfloat16) {
  const at::Tensor x = at::full({1, 4}, std::nan("")), delta = at::zeros({1, 4}, at::kBFloat16);
  EXPECT_TRUE(add_rms_norm(x, delta, at::ones({4})).second.isnan().all().item<bool>());
}

at::Tensor plain_attention(const at::Tensor& qkv) {
  const auto part = [&](std::int64_t i) { return qkv.select(2, i).transpose(1, 2); };  // (B, H, S, D)
  const at::Tensor logits = at::matmul(part(0), part(1).transpose(2, 3)) / std::sqrt(static_cast<double>(qkv.size(4)));
  return at::matmul(at::softmax(logits, -1), part(2)).transpose(1, 2).reshape({qkv.size(0), qkv.size(1), -1});
}

TEST(Attention, EqualsItsFormulaAndGradientsAgree) {
  at::manual_seed(6);
  const at::Tensor qkv = random({2, 5, 3, 2, 4});
  EXPECT_TRUE(at::allclose(attention(qkv), plain_attention(qkv), 1e-12, 1e-12));
  check_gradients([](const Tensors& t) { return attention(t[0]); }, {qkv});
  const at::Tensor one = random({1, 1, 3, 1, 3});  // a single position attends to itself
  EXPECT_TRUE(at::allclose(attention(one), one.select(2, 2).reshape({1, 1, 3})));
}

TEST(Attention, Bfloat16IsClose) {
  at::manual_seed(7);
  const at::Tensor qkv = random({3, 11, 3, 2, 64}, at::kFloat);
  const at::Tensor cotangent = at::randn({3, 11, 128});
  const auto grad = [&](const at::Tensor& out) {
    return torch::autograd::grad({(out.to(at::kFloat) * cotangent).sum()}, {qkv})[0];
  };
  const at::Tensor got = attention(qkv.to(at::kBFloat16)), want = plain_attention(qkv);
  EXPECT_LT((got.to(at::kFloat) - want).norm().item<double>(), 0.02 * want.norm().item<double>());
  const at::Tensor a = grad(got), b = grad(want);
  EXPECT_LT((a - b).norm().item<double>(), 0.02 * b.norm().item<double>());
}

TEST(Trunk, ChosenRowsAreThoseOfTheWholeWithTheirGradients) {
  at::manual_seed(8);
  const Trunk trunk({.in = 6, .hidden = 12, .layers = 2, .heads = 2, .head_width = 4, .ff_mult = 2, .sequence = 7});
  nn::State state;
  trunk.list("trunk", state);
  Tensors leaves;
  for (const Parameter& parameter : state.parameters) leaves.push_back(parameter.tensor);
  const at::Tensor x = random({3, 7, 6}, at::kFloat);
  leaves.push_back(x);
  const at::Tensor rows = at::tensor({0, 3, 8, 20}, at::kLong), cotangent = at::randn({4, 6});
  const at::Tensor chosen = trunk.forward(x, rows), whole = trunk.forward(x, {}).index_select(0, rows);
  EXPECT_TRUE(at::allclose(chosen, whole, 1e-5, 1e-6));
  const Tensors a = torch::autograd::grad({(chosen * cotangent).sum()}, leaves);
  const Tensors b = torch::autograd::grad({(whole * cotangent).sum()}, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i) EXPECT_TRUE(at::allclose(a[i], b[i], 1e-4, 1e-5)) << i;
}

TEST(DrawCategorical, InvertsTheCumulativeDistribution) {
  const at::Tensor p = at::tensor({0.0f, 0.25f, 0.5f, 0.25f, 0.0f}).expand({6, 5});
  const at::Tensor u = at::tensor({1e-7f, 0.2f, 0.26f, 0.74f, 0.76f, 0.9999999f});
  const Draw draw = draw_categorical(p, u);
  EXPECT_TRUE(at::equal(draw.index, at::tensor({1, 1, 2, 2, 3, 3}, at::kLong)));
  EXPECT_TRUE(at::equal(draw.probability, at::tensor({0.25f, 0.25f, 0.5f, 0.5f, 0.25f, 0.25f})));
}

TEST(DrawCategorical, NeverLeavesTheVocabularyWhereRoundingLeavesTheSumShort) {
  const at::Tensor p = at::tensor({0.5f, 0.49f, 0.0f}).view({1, 3});
  EXPECT_EQ(draw_categorical(p, at::tensor({0.999f})).index.item<std::int64_t>(), 1);
}

}  // namespace
}  // namespace autodidact::transformer
