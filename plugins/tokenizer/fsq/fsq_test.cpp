#include "fsq.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "common/autoencoder/test_support.hpp"

namespace autodidact::fsq {
namespace {

using namespace autoencoder::testing_support;  // NOLINT

constexpr ForwardOptions kTrain{Path::quantised, true};

std::unique_ptr<Fsq> make(HostServices& host, std::int64_t length, std::int64_t channels = 1, Settings set = {}) {
  set.insert({{"hidden", "16"}, {"encoder_blocks", "1"}, {"decoder_blocks", "1"}});
  return make_model<Fsq>(host, length, channels, set, /*seed=*/1);
}

class Shapes : public ::testing::TestWithParam<std::pair<std::int64_t, std::int64_t>> {};
TEST_P(Shapes, AreThoseOfTheContract) {
  const auto [C, L] = GetParam();
  TestHost host;
  const auto model = make(host, L, C);
  const at::Tensor x = series(5, C, L);
  const Stream stream = model->layout().at(0);
  EXPECT_EQ(stream.vocabulary, 32);
  const std::vector<std::int64_t> map = {5, 16, stream.height, stream.width};
  const View view = model->forward(x, kTrain, {});
  EXPECT_EQ(view.z.at(0).sizes(), map);
  EXPECT_EQ(view.z_q.at(0).sizes(), map);
  EXPECT_EQ(view.x_hat.sizes(), x.sizes());
  EXPECT_EQ(view.terms.size(), 2u);
  view.total.backward();
  for (const Parameter& parameter : model->parameters()) {
    ASSERT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
    EXPECT_TRUE(parameter.tensor.grad().isfinite().all().item<bool>()) << parameter.name;
  }
  model->train(false);
  const at::Tensor tokens = model->encode(x, 0);
  EXPECT_EQ(tokens.sizes(), (std::vector<std::int64_t>{5, stream.count()}));
  EXPECT_EQ(model->decode(tokens).sizes(), x.sizes());
  EXPECT_FALSE(model->codebooks().at(0).has_value());
}
INSTANTIATE_TEST_SUITE_P(All, Shapes,
                         ::testing::Values(std::pair{1, 128}, std::pair{3, 60}, std::pair{1, 65}, std::pair{2, 33}));

TEST(Frozen, EncodeThenDecodeIsForward) {
  TestHost host;
  const auto model = make(host, 70, 2);
  for (int i = 0; i < 3; ++i) model->forward(series(8, 2, 70), kTrain, {});
  model->train(false);
  const Snapshot before = snapshot(*model, true);
  const at::Tensor x = series(4, 2, 70);
  const View view = model->forward(x, {Path::quantised, false}, {});
  EXPECT_LT(largest(view.x_hat - model->decode(model->encode(x, 0))), 1e-5);
  EXPECT_LT(largest(view.z_q[0] - model->latents(x).z_q[0]), 1e-5);
  EXPECT_TRUE(equal(before, snapshot(*model, true)));
}

TEST(Forward, ContinuousPathIsNotRounded) {
  TestHost host;
  const auto model = make(host, 64);
  const View view = model->forward(series(4, 1, 64), {Path::continuous, false}, {});
  EXPECT_TRUE(view.z_q.empty());
  EXPECT_TRUE(view.logs.empty());
  const View rounded = model->forward(series(4, 1, 64), {Path::quantised, false}, {});
  EXPECT_GT(largest(rounded.z[0] - rounded.z_q[0]), 1e-4);
}

// Many codes are used from the start and stay so without any help.
TEST(Training, LearnsAndKeepsItsCodes) {
  TestHost host;
  const auto model = make(host, 64);
  const at::Tensor x = series(32, 1, 64);
  double first = 0, last = 0;
  float used = 0;
  for (int step = 0; step < 60; ++step) {
    const View view = model->forward(x, kTrain, {});
    last = view.total.item<double>();
    if (step == 0) first = last;
    used = scalar_of(view.logs, "codes_used").item<float>();
    view.total.backward();
    descend(*model, 0.05);
  }
  EXPECT_LT(last, 0.8 * first);
  EXPECT_GT(used, 12.0f);
}

TEST(Halves, StayCloseToFloats) {
  TestHost floats, halves(Precision::bf16);
  const at::Tensor x = series(16, 1, 64);
  const View wide = make(floats, 64)->forward(x, {Path::continuous, false}, {});
  const View half = make(halves, 64)->forward(x, {Path::continuous, false}, {});
  EXPECT_EQ(half.z[0].scalar_type(), at::kFloat);
  EXPECT_NEAR(half.total.item<double>(), wide.total.item<double>(), 0.02 * wide.total.item<double>());
}

TEST(Errors, SayWhatWasFoundAndExpected) {
  TestHost host;
  const auto model = make(host, 64);
  EXPECT_THROW(model->forward(series(2, 1, 63), kTrain, {}), DataError);
  EXPECT_THROW(model->decode(at::zeros({2, 3}, at::kLong)), DataError);
  EXPECT_THROW(model->decode(at::full({1, model->layout()[0].count()}, 32, at::kLong)), DataError);
  EXPECT_THROW(make(host, 64, 1, {{"levels", "[1, 4]"}}), ConfigError);
}

}  // namespace
}  // namespace autodidact::fsq
