#include "common/transformer/normformer.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "common/transformer/cosine_attention.hpp"
#include "common/transformer/exponential.hpp"
#include "common/transformer/test_gradients.hpp"

namespace autodidact::transformer {
namespace {

at::Tensor unit(const at::Tensor& x) { return x / x.norm(2, {-1}, true).clamp_min(1e-12); }

at::Tensor plain_attention(const at::Tensor& qkv, const at::Tensor& front, const at::Tensor& q_gain,
                           const at::Tensor& k_gain) {
  const std::int64_t B = qkv.size(0), S = qkv.size(1), D = qkv.size(4);
  const auto heads_first = [](const at::Tensor& x) { return x.transpose(1, 2); };  // (B, H, S, D)
  const auto with_front = [&](std::int64_t which, const at::Tensor& own) {
    return at::cat({front[which].unsqueeze(0).unsqueeze(2).expand({B, -1, 1, -1}), own}, 2);
  };
  const at::Tensor q = heads_first(unit(qkv.select(2, 0)) * q_gain);
  const at::Tensor k = with_front(0, heads_first(unit(qkv.select(2, 1)) * k_gain));
  const at::Tensor v = with_front(1, heads_first(qkv.select(2, 2)));
  const at::Tensor logits = at::matmul(q, k.transpose(2, 3)) / std::sqrt(static_cast<double>(D));
  return at::matmul(at::softmax(logits, -1), v).transpose(1, 2).reshape({B, S, -1});
}
Tensors attention_inputs(std::int64_t B, std::int64_t S, std::int64_t H, std::int64_t D) {
  return {random({B, S, 3, H, D}), random({2, H, D}), random({D}), random({D})};
}
at::Tensor attention_of(const Tensors& t) { return cosine_attention(t[0], t[1], t[2], t[3]); }

TEST(CosineAttention, EqualsItsFormula) {
  at::manual_seed(1);
  for (const auto& [S, D] : {std::pair{1, 1}, {5, 16}, {15, 19}, {16, 64}, {77, 64}}) {
    const Tensors t = attention_inputs(9, S, 2, D);
    EXPECT_TRUE(at::allclose(attention_of(t), plain_attention(t[0], t[1], t[2], t[3]), 1e-12, 1e-12)) << S << " " << D;
    Tensors f;
    for (const at::Tensor& x : t) f.push_back(x.detach().to(at::kFloat));
    EXPECT_TRUE(at::allclose(attention_of(f), plain_attention(f[0], f[1], f[2], f[3]), 1e-5, 1e-5)) << S << " " << D;
  }
}

TEST(CosineAttention, TakesZerosAndSharpGains) {
  const at::Tensor zero = at::zeros({1, 3, 3, 1, 4}), gain = at::ones({4});
  EXPECT_EQ(cosine_attention(zero, at::zeros({2, 1, 4}), gain, gain).abs().max().item<double>(), 0.0);
  // Logits of +-500: the softmax is one key, and far below its maximum everywhere else.
  at::manual_seed(2);
  const at::Tensor qkv = at::randn({2, 7, 3, 1, 16}), front = at::randn({2, 1, 16}), sharp = at::full({16}, 50.0f);
  EXPECT_TRUE(at::allclose(cosine_attention(qkv, front, sharp, -sharp), plain_attention(qkv, front, sharp, -sharp),
                           1e-3, 1e-3));
  EXPECT_TRUE(cosine_attention(qkv * std::nan(""), front, sharp, sharp).isnan().all().item<bool>());
}

TEST(CosineAttention, GradientsAgreeWithFiniteDifferences) {
  at::manual_seed(3);
  check_gradients(attention_of, attention_inputs(2, 3, 2, 5));
  check_gradients(attention_of, attention_inputs(1, 17, 1, 16));
}

TEST(CosineAttention, FloatGradientsOfManySeriesAgreeWithDouble) {
  at::manual_seed(4);
  for (const std::int64_t S : {7, 40}) {
    const Tensors t = attention_inputs(50, S, 2, 64);
    const at::Tensor cotangent = at::randn({50, S, 128}, at::kDouble);
    const auto grads = [&](at::ScalarType type) {
      Tensors leaves;
      for (const at::Tensor& x : t) leaves.push_back(x.detach().to(type).set_requires_grad(true));
      return torch::autograd::grad({(attention_of(leaves) * cotangent.to(type)).sum()}, leaves);
    };
    const Tensors wide = grads(at::kDouble), narrow = grads(at::kFloat);
    for (std::size_t i = 0; i < wide.size(); ++i)
      EXPECT_TRUE(at::allclose(narrow[i].to(at::kDouble), wide[i], 1e-4, 1e-4)) << S << " " << i;
  }
}

TEST(Exponential, IsWithinAUnitInTheLastPlace) {
  for (float x = -86.9f; x <= 0.0f; x += 0.00371f)
    EXPECT_NEAR(exp_negative(x) / std::exp(static_cast<double>(x)), 1.0, 1.2e-7) << x;
  EXPECT_EQ(exp_negative(0.0f), 1.0f);
  EXPECT_NEAR(exp_negative(-1000.0f), 1.6e-38, 1e-39);
  EXPECT_TRUE(std::isnan(exp_negative(std::nanf(""))) && std::isnan(exp_negative(-std::nanf(""))));
}

// One layer as the published code writes it, from the parameters in the order of their list.
at::Tensor plain_layer(const Tensors& p, const at::Tensor& x, std::int64_t heads, std::int64_t width) {
  const std::int64_t B = x.size(0), S = x.size(1), hidden = x.size(2), inner = heads * width;
  const auto normed = [](const at::Tensor& g, const at::Tensor& v) { return v / v.norm(2, {1}, true) * g; };
  const auto layer_norm = [&](const at::Tensor& t, std::size_t i) {
    return at::layer_norm(t, {t.size(-1)}, p[i], p[i + 1]);
  };
  const at::Tensor projected = at::linear(layer_norm(x, 0), normed(p[2], p[3]));
  const auto heads_of = [&](std::int64_t which) {
    return projected.narrow(2, which * inner, inner).view({B, S, heads, width}).transpose(1, 2);  // (B, H, S, D)
  };
  const auto with_extra = [&](std::int64_t which, const at::Tensor& own) {
    return at::cat({p[4][which].expand({B, -1, -1, -1}), own}, 2);
  };
  const at::Tensor q = unit(heads_of(0)) * p[5];
  const at::Tensor k = unit(with_extra(0, heads_of(1))) * p[6], v = with_extra(1, heads_of(2));
  const at::Tensor logits = at::matmul(q, k.transpose(2, 3)) / std::sqrt(static_cast<double>(width));
  const at::Tensor mixed = at::matmul(at::softmax(logits, -1), v).transpose(1, 2).reshape({B, S, inner});
  const at::Tensor y = x + layer_norm(at::linear(mixed, normed(p[7], p[8])), 9);
  const at::Tensor up = at::gelu(at::linear(layer_norm(y, 11), normed(p[13], p[14])));
  const at::Tensor gain = p[15] * p[16].sign();
  return (y + at::linear(at::layer_norm(up, {up.size(2)}, gain, p[17]), p[18])).view({B * S, hidden});
}

TEST(NormFormer, EqualsItsFormulaWithGradients) {
  at::manual_seed(5);
  const NormFormer trunk({.hidden = 12, .layers = 1, .heads = 2, .head_width = 4, .inner = 8});
  nn::State state;
  trunk.list("trunk", state);
  Tensors leaves;
  for (const Parameter& parameter : state.parameters) {
    at::Tensor(parameter.tensor).set_data(parameter.tensor.to(at::kDouble) + at::randn_like(parameter.tensor) * 0.1);
    leaves.push_back(parameter.tensor);
  }
  ASSERT_EQ(leaves.size(), 19u);
  const at::Tensor x = random({3, 7, 12});
  const at::Tensor got = trunk.forward(trunk.weights(), x.view({21, 12}), 7, at::arange(21));
  const at::Tensor want = plain_layer(leaves, x, 2, 4);
  EXPECT_TRUE(at::allclose(got, want, 1e-10, 1e-10));
  leaves.push_back(x);
  const at::Tensor cotangent = at::randn_like(want);
  const Tensors a = torch::autograd::grad({(got * cotangent).sum()}, leaves);
  const Tensors b = torch::autograd::grad({(want * cotangent).sum()}, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    EXPECT_TRUE(at::allclose(a[i], b[i], 1e-9, 1e-9)) << i;
  }
}

TEST(NormFormer, ChosenRowsAreThoseOfTheWholeWithTheirGradients) {
  at::manual_seed(6);
  const NormFormer trunk({.hidden = 12, .layers = 2, .heads = 2, .head_width = 4, .inner = 8});
  nn::State state;
  trunk.list("trunk", state);
  Tensors leaves;
  for (const Parameter& parameter : state.parameters) leaves.push_back(parameter.tensor);
  const at::Tensor x = random({21, 12}, at::kFloat);
  leaves.push_back(x);
  const at::Tensor rows = at::tensor({0, 3, 8, 20}, at::kLong), cotangent = at::randn({4, 12});
  const auto forward = [&](const at::Tensor& wanted) { return trunk.forward(trunk.weights(), x, 7, wanted); };
  const at::Tensor chosen = forward(rows), whole = forward(at::arange(21)).index_select(0, rows);
  EXPECT_TRUE(at::allclose(chosen, whole, 1e-5, 1e-5));
  const Tensors a = torch::autograd::grad({(chosen * cotangent).sum()}, leaves);
  const Tensors b = torch::autograd::grad({(whole * cotangent).sum()}, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i) EXPECT_TRUE(at::allclose(a[i], b[i], 1e-4, 1e-4)) << i;
}

}  // namespace
}  // namespace autodidact::transformer
