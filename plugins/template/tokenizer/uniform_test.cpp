// The method's own maths: what can be worked out by hand. Shapes, determinism, save and load are the conformance
// suite's.
#include "uniform.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace autodidact::uniform {
namespace {

Params params(std::int64_t K, std::int64_t patch, double range) {
  return Params({{"K", K}, {"patch", patch}, {"range", range}, {"commitment", 0.25}});
}

Context context(std::int64_t channels, std::int64_t length) {
  Context c;
  c.channels = channels;
  c.length = length;
  return c;
}

// Levels -2, -1, 0, 1, 2; patches of two samples.
TEST(Uniform, RoundsTheMeanOfAPatchToTheNearestLevel) {
  Uniform tokenizer(params(5, 2, 2.0), context(1, 8));
  const at::Tensor x = at::tensor({0.9f, 1.3f, -0.2f, 0.4f, 7.0f, 9.0f, -9.0f, -9.0f}).view({1, 1, 8});
  const at::Tensor tokens = tokenizer.encode(x, 0);
  EXPECT_TRUE(at::equal(tokens, at::tensor({3, 2, 4, 0}, at::kLong).view({1, 4}))) << tokens;
}

TEST(Uniform, InterpolatesBetweenLevelsAtTheStart) {
  Uniform tokenizer(params(5, 2, 2.0), context(1, 6));
  const at::Tensor x = tokenizer.decode(at::tensor({2, 3, 4}, at::kLong).view({1, 3}));
  // Middles at 0.5, 2.5, 4.5 with values 0, 1, 2; ends are held.
  EXPECT_TRUE(at::allclose(x, at::tensor({0.0f, 0.25f, 0.75f, 1.25f, 1.75f, 2.0f}).view({1, 1, 6}))) << x;
}

TEST(Uniform, ConstantSeriesIsOffByHalfAStepAtMost) {
  Uniform tokenizer(params(33, 4, 2.0), context(2, 29));
  const at::Tensor x = at::full({1, 2, 29}, 0.41f);
  EXPECT_LE((tokenizer.decode(tokenizer.encode(x, 0)) - x).abs().max().item<float>(), 2.0 / 32 + 1e-6);
}

TEST(Uniform, GradientPassesStraightThrough) {
  Uniform tokenizer(params(5, 1, 2.0), context(1, 4));
  const at::Tensor x = at::tensor({0.3f, -0.4f, 1.2f, 0.6f}).view({1, 1, 4});
  const View view = tokenizer.forward(x, {}, {});
  view.x_hat.sum().backward();
  // With one sample a patch, x_hat = z_q = v x + const under the straight-through rule: the gradient of v is sum x.
  EXPECT_NEAR(tokenizer.parameters()[0].tensor.grad().item<float>(), x.sum().item<float>(), 1e-6);
}

TEST(Uniform, TermsAddUpAndTheContinuousPathHasNoCommitment) {
  Uniform tokenizer(params(5, 2, 2.0), context(1, 8));
  const at::Tensor x = at::randn({3, 1, 8});
  const View quantised = tokenizer.forward(x, {Path::quantised, true}, {});
  EXPECT_EQ(quantised.terms.size(), 2u);
  const View continuous = tokenizer.forward(x, {Path::continuous, false}, {});
  ASSERT_EQ(continuous.terms.size(), 1u);
  EXPECT_TRUE(continuous.z_q.empty());
  EXPECT_FLOAT_EQ(continuous.total.item<float>(), (continuous.x_hat - x).square().mean().item<float>());
}

TEST(Uniform, PatchLongerThanTheSeriesIsRefused) {
  EXPECT_THROW(Uniform(params(5, 9, 2.0), context(1, 8)), ConfigError);
}

}  // namespace
}  // namespace autodidact::uniform
