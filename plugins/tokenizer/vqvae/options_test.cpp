// Options, legacy switches, state, errors and bfloat16 of the VQVAE.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "test_support.hpp"
#include "vqvae.hpp"

namespace autodidact::vqvae {
namespace {

using namespace testing_support;  // NOLINT

constexpr ForwardOptions kTrain{Path::quantised, true};

TEST(LegacyCrop, LeavesTheLastSampleOfOddLengthsOut) {
  TestHost host;
  const auto plain = make(host, 65), cropped = make(host, 65, 1, {{"legacy_crop", "true"}});
  const at::Tensor x = series(4, 1, 65);
  const View a = plain->forward(x, kTrain, {}), b = cropped->forward(x, kTrain, {});
  EXPECT_TRUE(at::equal(a.x_hat.narrow(2, 0, 64), b.x_hat.narrow(2, 0, 64)));
  EXPECT_TRUE(at::equal(b.x_hat.select(2, 64), b.x_hat.select(2, 63)));
  EXPECT_NEAR(scalar_of(b.terms, "recon_time").item<double>(),
              at::mse_loss(b.x_hat.narrow(2, 0, 64), x.narrow(2, 0, 64)).item<double>(), 1e-7);
  cropped->train(false);
  const at::Tensor decoded = cropped->decode(cropped->encode(x, 0));
  EXPECT_EQ(decoded.sizes(), x.sizes());
  EXPECT_TRUE(at::equal(decoded.select(2, 64), decoded.select(2, 63)));
}

TEST(LegacyCrop, IsNothingForEvenLengths) {
  TestHost host;
  const auto plain = make(host, 64), cropped = make(host, 64, 1, {{"legacy_crop", "true"}});
  const at::Tensor x = series(4, 1, 64);
  EXPECT_TRUE(at::equal(plain->forward(x, kTrain, {}).total, cropped->forward(x, kTrain, {}).total));
}

TEST(LegacyEma, StartsFromZeroSizes) {
  TestHost host;
  EXPECT_EQ(largest(make(host, 64)->codebook().sizes() - 1), 0.0);
  EXPECT_EQ(largest(make(host, 64, 1, {{"legacy_ema", "true"}})->codebook().sizes()), 0.0);
}

TEST(Codebook, KMeansStartsOnTheFirstTrainingBatchOnly) {
  TestHost host;
  const auto model = make(host, 64, 1, {{"kmeans", "true"}});
  const std::uint64_t before = host.seed;
  model->train(false);
  model->forward(series(8, 1, 64), kTrain, {});
  EXPECT_EQ(host.seed, before);  // no randomness in evaluation
  model->train(true);
  model->forward(series(8, 1, 64), {Path::quantised, false}, {});
  EXPECT_EQ(host.seed, before);
  model->forward(series(8, 1, 64), kTrain, {});
  EXPECT_EQ(host.seed, before + 1);
  model->forward(series(8, 1, 64), kTrain, {});
  EXPECT_EQ(host.seed, before + 1);
}

TEST(Codebook, KMeansStartUsesAllCodes) {
  TestHost host;
  const auto model = make(host, 128, 1, {{"kmeans", "true"}});
  const View view = model->forward(series(16, 1, 128), kTrain, {});
  EXPECT_EQ(scalar_of(view.logs, "codes_used").item<float>(), 8.0f);
  EXPECT_GT(scalar_of(view.logs, "perplexity").item<float>(), 4.0f);
}

TEST(Codebook, RevivalKeepsCodesInUse) {
  TestHost host;
  const auto model = make(host, 128, 1, {{"K", "64"}, {"revival_threshold", "1.0"}, {"decay", "0.5"}});
  const at::Tensor x = series(16, 1, 128);
  float used = 0;
  for (int i = 0; i < 6; ++i) used = scalar_of(model->forward(x, kTrain, {}).logs, "codes_used").item<float>();
  EXPECT_GT(used, 40.0f);
}

TEST(Encode, DrawsByTemperature) {
  TestHost host;
  const auto model = make(host, 64);
  const at::Tensor x = series(16, 1, 64);
  model->forward(x, kTrain, {});
  model->train(false);
  const at::Tensor nearest = model->encode(x, 0);
  host.seed = 5;
  const at::Tensor drawn = model->encode(x, 10.0);
  EXPECT_FALSE(at::equal(drawn, nearest));
  host.seed = 5;
  EXPECT_TRUE(at::equal(model->encode(x, 10.0), drawn));
  EXPECT_TRUE(at::equal(model->encode(x, 1e-7), nearest));
}

TEST(State, MakesTheRoundTrip) {
  TestHost host;
  const auto first = make(host, 65, 2, {{"kmeans", "true"}}), second = make(host, 65, 2, {{"kmeans", "true"}}, 99);
  const at::Tensor x = series(6, 2, 65);
  first->forward(x, kTrain, {});
  const auto state = snapshot(*first, true);
  restore(*second, state);
  EXPECT_EQ(state.size(), first->parameters().size() + first->buffers().size());  // names are unique
  host.seed = 3;
  const View a = first->forward(x, kTrain, {});
  host.seed = 3;
  const View b = second->forward(x, kTrain, {});
  EXPECT_TRUE(at::equal(a.total, b.total));
  EXPECT_TRUE(at::equal(a.x_hat, b.x_hat));
  first->train(false), second->train(false);
  EXPECT_TRUE(at::equal(first->encode(x, 0), second->encode(x, 0)));
}

TEST(Start, DependsOnTheSeedAlone) {
  TestHost host;
  const auto a = make(host, 64), b = make(host, 64), c = make(host, 64, 1, {}, 2);
  EXPECT_TRUE(at::equal(a->parameters()[0].tensor, b->parameters()[0].tensor));
  EXPECT_TRUE(at::equal(a->codebook().codes(), b->codebook().codes()));
  EXPECT_FALSE(at::equal(a->parameters()[0].tensor, c->parameters()[0].tensor));
}

TEST(Halves, StayCloseToFloats) {
  TestHost floats, halves(Precision::bf16);
  const auto a = make(floats, 64), b = make(halves, 64);
  const at::Tensor x = series(32, 1, 64);
  const View wide = a->forward(x, {Path::continuous, false}, {}), half = b->forward(x, {Path::continuous, false}, {});
  EXPECT_EQ(half.z[0].scalar_type(), at::kFloat);
  EXPECT_EQ(half.x_hat.scalar_type(), at::kFloat);
  EXPECT_NEAR(half.total.item<double>(), wide.total.item<double>(), 0.02 * wide.total.item<double>());
  half.total.backward();
  wide.total.backward();
  for (std::size_t i = 0; i < a->parameters().size(); ++i) {
    const at::Tensor want = a->parameters()[i].tensor.grad(), got = b->parameters()[i].tensor.grad();
    EXPECT_EQ(got.scalar_type(), at::kFloat);
    EXPECT_LE((got - want).norm().item<double>(), 0.2 * want.norm().item<double>() + 1e-4) << a->parameters()[i].name;
  }
}

TEST(Errors, SayWhatWasFoundAndExpected) {
  TestHost host;
  const auto model = make(host, 64);
  EXPECT_THROW(model->forward(series(2, 1, 63), kTrain, {}), DataError);
  EXPECT_THROW(model->forward(series(2, 3, 64), kTrain, {}), DataError);
  EXPECT_THROW(model->latents(series(2, 1, 64).to(at::kDouble)), DataError);
  EXPECT_THROW(model->decode(at::zeros({2, 3}, at::kLong)), DataError);
  const std::int64_t count = model->layout()[0].count();
  EXPECT_THROW(model->decode(at::full({1, count}, 8, at::kLong)), DataError);
  EXPECT_THROW(model->decode(at::full({1, count}, -1, at::kLong)), DataError);
  EXPECT_THROW(make(host, 4), DataError);
  EXPECT_THROW(make(host, 64, 1, {{"hop", "8"}}), ConfigError);
  EXPECT_THROW(make(host, 64, 1, {{"time_weight", "0.0"}, {"stft_weight", "0.0"}}), ConfigError);
  try {
    model->forward(series(2, 1, 63), kTrain, {});
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("(2, 1, 63)"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace autodidact::vqvae
