#include "causal_attention.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <cmath>
#include <limits>

namespace autodidact::autoregressive {
namespace {

at::Tensor random(at::IntArrayRef shape, at::ScalarType type = at::kDouble) {
  return at::randn(shape, at::TensorOptions().dtype(type)).set_requires_grad(true);
}

at::Tensor plain(const at::Tensor& qkv) {
  const auto part = [&](std::int64_t i) { return qkv.select(2, i).transpose(1, 2); };  // (B, H, S, D)
  const std::int64_t S = qkv.size(1);
  const at::Tensor logits = at::matmul(part(0), part(1).transpose(2, 3)) / std::sqrt(static_cast<double>(qkv.size(4)));
  const at::Tensor seen = at::ones({S, S}, at::kBool).tril();
  const at::Tensor shares = at::softmax(logits.masked_fill(~seen, -std::numeric_limits<double>::infinity()), -1);
  return at::matmul(shares, part(2)).transpose(1, 2).reshape({qkv.size(0), S, -1});
}

TEST(CausalAttention, TwoPositionsByHand) {
  // One head of width 1: q = (1, 2), k = (0, ln 3 / 2), v = (4, 8). Position 1 weighs its logits 0 and ln 3 as 1 : 3.
  const at::Tensor qkv = at::tensor({1.0, 0.0, 4.0, 2.0, std::log(3.0) / 2, 8.0}, at::kDouble).view({1, 2, 3, 1, 1});
  EXPECT_TRUE(at::allclose(causal_attention(qkv), at::tensor({4.0, 7.0}, at::kDouble).view({1, 2, 1}), 1e-12, 1e-12));
}

TEST(CausalAttention, EqualsItsFormula) {
  at::manual_seed(1);
  for (const std::int64_t S : {1, 2, 7}) {
    const at::Tensor qkv = random({3, S, 3, 2, 4});
    EXPECT_TRUE(at::allclose(causal_attention(qkv), plain(qkv), 1e-12, 1e-12)) << S;
  }
}

TEST(CausalAttention, GradientsAgreeWithFiniteDifferences) {
  at::manual_seed(2);
  at::Tensor qkv = random({2, 4, 3, 2, 3});
  const at::Tensor cotangent = at::randn({2, 4, 6}, at::kDouble);
  const auto value = [&] { return (causal_attention(qkv) * cotangent).sum(); };
  const at::Tensor grad = torch::autograd::grad({value()}, {qkv})[0].reshape(-1);
  at::NoGradGuard no_grad;
  at::Tensor flat = qkv.view(-1);
  constexpr double step = 1e-6;
  for (std::int64_t j = 0; j < flat.numel(); ++j) {
    const double kept = flat[j].item<double>();
    flat[j] = kept + step;
    const double above = value().item<double>();
    flat[j] = kept - step;
    const double below = value().item<double>();
    flat[j] = kept;
    EXPECT_NEAR(grad[j].item<double>(), (above - below) / (2 * step), 1e-7) << j;
  }
}

TEST(CausalAttention, WhatComesLaterChangesNothingBefore) {
  at::manual_seed(3);
  at::NoGradGuard no_grad;
  const at::Tensor qkv = at::randn({2, 9, 3, 2, 8});
  at::Tensor other = qkv.clone();
  other.narrow(1, 5, 4).normal_();
  const at::Tensor a = causal_attention(qkv), b = causal_attention(other);
  EXPECT_TRUE(at::equal(a.narrow(1, 0, 5), b.narrow(1, 0, 5)));
  EXPECT_FALSE(at::allclose(a.narrow(1, 5, 4), b.narrow(1, 5, 4)));
}

TEST(CausalAttention, Bfloat16IsClose) {
  at::manual_seed(4);
  const at::Tensor qkv = random({3, 11, 3, 2, 64}, at::kFloat);
  const at::Tensor cotangent = at::randn({3, 11, 128});
  const auto grad = [&](const at::Tensor& out) {
    return torch::autograd::grad({(out.to(at::kFloat) * cotangent).sum()}, {qkv})[0];
  };
  const at::Tensor got = causal_attention(qkv.to(at::kBFloat16)), want = plain(qkv);
  EXPECT_LT((got.to(at::kFloat) - want).norm().item<double>(), 0.02 * want.norm().item<double>());
  const at::Tensor a = grad(got), b = grad(want);
  EXPECT_LT((a - b).norm().item<double>(), 0.02 * b.norm().item<double>());
}

TEST(Attend, GivesTheRowsOfTheWhole) {
  at::manual_seed(5);
  at::NoGradGuard no_grad;
  for (const at::ScalarType type : {at::kDouble, at::kFloat, at::kBFloat16}) {
    const at::Tensor qkv = at::randn({3, 6, 3, 2, 8}).to(type), whole = causal_attention(qkv);
    KeyValues past(3, 2, 6, 8, qkv.options());
    const double tolerance = type == at::kDouble ? 1e-12 : type == at::kFloat ? 1e-5 : 2e-2;
    for (std::int64_t i = 0; i < 6; ++i)
      EXPECT_TRUE(at::allclose(attend(qkv.select(1, i), past, i), whole.select(1, i), tolerance, tolerance))
          << i << " " << type;
  }
}

}  // namespace
}  // namespace autodidact::autoregressive
