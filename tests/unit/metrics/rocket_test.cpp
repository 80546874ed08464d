#include "metrics/rocket.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "metrics/fcn.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

// The same features by LibTorch's own convolution.
at::Tensor by_convolution(const RocketKernel& kernel, const at::Tensor& x) {
  const auto seen = static_cast<std::int64_t>(kernel.channels.size());
  const at::Tensor weight = at::tensor(kernel.weights, at::kDouble).view({1, seen, kernel.length});
  const at::Tensor part = x.index_select(1, at::tensor(kernel.channels, at::kLong));
  const at::Tensor y = at::conv1d(part, weight, {}, 1, kernel.padding, kernel.dilation).squeeze(1) + kernel.bias;
  return at::stack({y.gt(0).to(at::kDouble).mean(1), y.amax(1)}, 1);
}

TEST(Rocket, EqualsAConvolutionForOneAndManyChannels) {
  for (const auto& [channels, length] : {std::pair<int, int>{1, 128}, {1, 61}, {5, 40}, {2, 8}, {1, 2}}) {
    const at::Tensor x = noise({6, channels, length}, 1);
    const RocketBank bank = rocket_bank(channels, length, 200);
    const at::Tensor features = rocket_features(bank, x);
    for (std::size_t k = 0; k < bank.size(); ++k)
      EXPECT_TRUE(
          features.narrow(1, 2 * static_cast<std::int64_t>(k), 2).allclose(by_convolution(bank[k], x), 1e-11, 1e-11))
          << "kernel " << k << " of " << channels << " x " << length;
  }
}

TEST(Rocket, BanksFollowThePublishedDistributions) {
  const RocketBank bank = rocket_bank(3, 100, 1000);
  std::map<std::int64_t, int> lengths, seen;
  int padded = 0;
  for (const RocketKernel& kernel : bank) {
    ++lengths[kernel.length];
    ++seen[static_cast<std::int64_t>(kernel.channels.size())];
    padded += kernel.padding > 0;
    EXPECT_LT((kernel.length - 1) * kernel.dilation, 100);
    EXPECT_GE(kernel.dilation, 1);
    EXPECT_LE(std::abs(kernel.bias), 1);
    double sum = 0;
    for (std::int64_t j = 0; j < kernel.length; ++j) sum += kernel.weights[j];
    EXPECT_NEAR(sum, 0, 1e-5);  // centred, then rounded to float32
  }
  for (const std::int64_t length : {7, 9, 11}) EXPECT_GT(lengths[length], 250);
  EXPECT_NEAR(padded, 500, 80);
  EXPECT_TRUE(seen[1] > 300 && seen[2] > 100 && seen[3] > 50);
}

TEST(Rocket, TheBankIsFixedByShapeAlone) {
  EXPECT_EQ(rocket_digest(rocket_bank(1, 128, 50)), rocket_digest(rocket_bank(1, 128, 50)));
  EXPECT_NE(rocket_digest(rocket_bank(1, 128, 50)), rocket_digest(rocket_bank(1, 127, 50)));
  EXPECT_NE(rocket_digest(rocket_bank(1, 128, 50)), rocket_digest(rocket_bank(2, 128, 50)));
  const RocketBank few = rocket_bank(1, 128, 10), many = rocket_bank(1, 128, 50);
  EXPECT_EQ(few[9].weights, many[9].weights);
}

TEST(Rocket, ExtractorRowsHaveLengthOne) {
  const Extractor extractor = rocket_extractor(1, 60);
  const at::Tensor features = extractor.features(noise({7, 1, 60}, 1).to(at::kFloat));
  EXPECT_EQ(features.sizes(), (at::IntArrayRef{7, 2000}));
  EXPECT_EQ(features.scalar_type(), at::kDouble);
  EXPECT_TRUE(features.square().sum(1).allclose(at::ones({7}, at::kDouble)));
  EXPECT_EQ(extractor.digest.size(), 64u);
  EXPECT_FALSE(extractor.probabilities);
}

TEST(Rocket, SeriesOfAnotherShapeAreRefused) {
  const RocketBank bank = rocket_bank(2, 100, 100);
  EXPECT_THROW(rocket_features(bank, noise({2, 1, 100}, 1)), DataError);
  EXPECT_THROW(rocket_features(bank, noise({2, 2, 20}, 1)), DataError);
}

}  // namespace
}  // namespace autodidact
