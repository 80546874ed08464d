#include "protocol/optimizer.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace autodidact {
namespace {

TEST(LearningRate, CosineFromFullToFloor) {
  TrainSettings s;
  s.lr = 2.0;
  EXPECT_DOUBLE_EQ(learning_rate(s, 0, 100), 2.0);
  EXPECT_NEAR(learning_rate(s, 50, 100), 1.0, 1e-12);
  EXPECT_GT(learning_rate(s, 99, 100), 0.0);
  s.lr_floor = 0.1;
  EXPECT_NEAR(learning_rate(s, 100, 100), 0.2, 1e-12);
}

TEST(LearningRate, WarmUpRisesLinearly) {
  TrainSettings s;
  s.lr = 1.0;
  s.warmup = 0.1;
  EXPECT_NEAR(learning_rate(s, 0, 100), 0.1, 1e-12);
  EXPECT_NEAR(learning_rate(s, 4, 100), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate(s, 10, 100), 1.0, 1e-12);
}

// Two steps of Loshchilov and Hutter's algorithm 2 in plain numbers.
TEST(AdamW, EqualsTheAlgorithmByHand) {
  at::Tensor w = at::full({3}, 1.0f).requires_grad_(true);
  AdamW optimiser({{"w", w}}, 0.1);
  double value = 1.0, m = 0, v = 0;
  for (int t = 1; t <= 2; ++t) {
    optimiser.zero_grad();
    (w * w).sum().backward();
    const double g = 2 * value, lr = 0.01;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    value -= lr * 0.1 * value;
    value -= lr * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
    optimiser.step(lr);
    EXPECT_NEAR(w[1].item<double>(), value, 1e-6);
  }
}

TEST(AdamW, ScalesAndDecayArePerParameter) {
  at::Tensor a = at::full({2}, 1.0f).requires_grad_(true), b = at::full({2}, 1.0f).requires_grad_(true);
  at::Tensor still = at::full({2}, 1.0f).requires_grad_(true);
  AdamW optimiser({{"a", a, 0.5, false}, {"b", b, 1.0, true}, {"still", still}}, 0.5);
  optimiser.zero_grad();
  (a + b).sum().backward();
  optimiser.step(0.1);
  EXPECT_NEAR(a[0].item<double>(), 1.0 - 0.05, 1e-5);
  EXPECT_NEAR(b[0].item<double>(), 1.0 - 0.1 * 0.5 - 0.1, 1e-5);
  EXPECT_EQ(still[0].item<double>(), 1.0);
}

}  // namespace
}  // namespace autodidact
