#include "vqvae.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "common/stft/stft.hpp"
#include "test_support.hpp"

namespace autodidact::vqvae {
namespace {

using namespace testing_support;  // NOLINT

constexpr ForwardOptions kTrain{Path::quantised, true};

struct Shape {
  std::int64_t channels, length;
};
class Shapes : public ::testing::TestWithParam<Shape> {};

TEST_P(Shapes, AreThoseOfTheContract) {
  const auto [C, L] = GetParam();
  TestHost host;
  const auto model = make(host, L, C);
  const at::Tensor x = series(5, C, L);
  const Stream stream = model->layout().at(0);
  const std::vector<std::int64_t> map = {5, stream.channels, stream.height, stream.width};
  const View view = model->forward(x, kTrain, {});
  EXPECT_EQ(view.z.at(0).sizes(), map);
  EXPECT_EQ(view.z_q.at(0).sizes(), map);
  EXPECT_EQ(view.x_hat.sizes(), x.sizes());
  EXPECT_EQ(view.terms.size(), 3u);
  at::Tensor sum = at::zeros({});
  for (const auto& [name, value] : view.terms) sum = sum + value;
  EXPECT_NEAR(view.total.item<double>(), sum.item<double>(), 1e-6);
  view.total.backward();
  for (const Parameter& parameter : model->parameters()) {
    ASSERT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
    EXPECT_TRUE(parameter.tensor.grad().isfinite().all().item<bool>()) << parameter.name;
  }

  model->train(false);
  const at::Tensor tokens = model->encode(x, 0);
  EXPECT_EQ(tokens.sizes(), (std::vector<std::int64_t>{5, stream.count()}));
  EXPECT_EQ(tokens.scalar_type(), at::kLong);
  const Latents latents = model->latents(x);
  EXPECT_EQ(latents.z.at(0).sizes(), map);
  EXPECT_EQ(model->decode(tokens).sizes(), x.sizes());
  EXPECT_EQ(model->codebooks().at(0)->sizes(), (std::vector<std::int64_t>{stream.vocabulary, stream.channels}));
  // Token h * W' + w is the code of position (h, w).
  const at::Tensor codes = model->codebooks().at(0)->index_select(0, tokens[2]).view({stream.height, stream.width, -1});
  EXPECT_TRUE(at::equal(codes.permute({2, 0, 1}), latents.z_q[0][2]));
}

INSTANTIATE_TEST_SUITE_P(All, Shapes,
                         ::testing::Values(Shape{1, 128}, Shape{3, 60}, Shape{1, 65}, Shape{2, 33}, Shape{1, 945},
                                           Shape{1, 6}));

TEST(Forward, ContinuousPathHasNoCodes) {
  TestHost host;
  const auto model = make(host, 64);
  const auto before = snapshot(*model, false);
  const View view = model->forward(series(4, 1, 64), {Path::continuous, true}, {});
  EXPECT_TRUE(view.z_q.empty());
  EXPECT_FALSE(scalar_of(view.terms, "commitment").defined());
  for (const char* name : {"codebook.codes", "codebook.sizes", "codebook.sums"})
    EXPECT_TRUE(at::equal(before.at(name), snapshot(*model, false).at(name))) << name;
}

TEST(Forward, UpdateStateGovernsTheCodebookAlone) {
  TestHost host;
  const auto model = make(host, 64);
  const auto before = snapshot(*model, false);
  model->forward(series(4, 1, 64), {Path::quantised, false}, {});
  const auto still = snapshot(*model, false);
  EXPECT_TRUE(at::equal(before.at("codebook.codes"), still.at("codebook.codes")));
  EXPECT_FALSE(at::equal(before.at("encoder.down0.norm.running_mean"), still.at("encoder.down0.norm.running_mean")));
  model->forward(series(4, 1, 64), kTrain, {});
  EXPECT_FALSE(at::equal(before.at("codebook.codes"), snapshot(*model, false).at("codebook.codes")));
}

TEST(Forward, DecoderGradientReachesTheEncoderStraightThrough) {
  TestHost host;
  const auto model = make(host, 64, 1, {{"beta", "0.0"}});
  View view = model->forward(series(4, 1, 64), kTrain, {});
  view.z[0].retain_grad();
  view.z_q[0].retain_grad();
  view.total.backward();
  EXPECT_GT(largest(view.z[0].grad()), 0.0);
  EXPECT_TRUE(at::equal(view.z[0].grad(), view.z_q[0].grad()));
}

TEST(Forward, WeightsAndNormsOfTheTerms) {
  TestHost host;
  const auto model = make(host, 64, 1, {{"time_weight", "2.0"}, {"stft_norm", "\"absolute\""}, {"beta", "0.5"}});
  const at::Tensor x = series(4, 1, 64);
  const View view = model->forward(x, kTrain, {});
  EXPECT_NEAR(scalar_of(view.terms, "recon_time").item<double>(), 2 * at::mse_loss(view.x_hat, x).item<double>(), 1e-6);
  EXPECT_NEAR(scalar_of(view.terms, "commitment").item<double>(),
              0.5 * at::mse_loss(view.z[0], view.z_q[0]).item<double>(), 1e-5);
  const auto plain = make(host, 64, 1, {{"stft_weight", "0.0"}});
  EXPECT_EQ(plain->forward(x, kTrain, {}).terms.size(), 2u);
}

TEST(Forward, NormsAreThoseAskedFor) {
  TestHost host;
  const at::Tensor x = series(4, 1, 64);
  const at::Tensor u =
      stft::Stft({.n_fft = 8, .hop = 2, .normalized = false, .window = stft::Window::hann}, 64).forward(x);
  for (const bool absolute : {false, true}) {
    const std::string norm = absolute ? "\"absolute\"" : "\"squared\"";
    const auto model = make(host, 64, 1, {{"time_norm", norm}, {"stft_norm", norm}});
    for (const Parameter& p : model->parameters())  // what comes back is 0
      if (p.name.rfind("decoder.extra", 0) == 0) at::Tensor(p.tensor).detach().zero_();
    model->train(false);
    const View view = model->forward(x, {Path::quantised, false}, {});
    ASSERT_EQ(largest(view.x_hat), 0.0);
    const auto mean = [&](const at::Tensor& e) { return (absolute ? e.abs() : e.square()).mean().item<double>(); };
    EXPECT_NEAR(scalar_of(view.terms, "recon_time").item<double>(), mean(x), 1e-5);
    EXPECT_NEAR(scalar_of(view.terms, "recon_stft").item<double>(), mean(u), 1e-4);
  }
}

TEST(Frozen, CallsChangeNothing) {
  TestHost host;
  const auto model = make(host, 65);
  model->train(false);
  const auto before = snapshot(*model, true);
  const at::Tensor x = series(3, 1, 65);
  model->forward(x, kTrain, {});
  model->latents(x);
  model->decode(model->encode(x, 1.0));
  EXPECT_TRUE(equal(before, snapshot(*model, true)));
}

TEST(Frozen, ABatchOfOneIsARowOfMany) {
  TestHost host;
  const auto model = make(host, 65);
  model->forward(series(8, 1, 65), kTrain, {});
  model->train(false);
  const at::Tensor x = series(6, 1, 65);
  const at::Tensor one = x.narrow(0, 3, 1);
  EXPECT_LT(largest(model->latents(one).z[0] - model->latents(x).z[0].narrow(0, 3, 1)), 1e-5);
  const at::Tensor tokens = model->encode(x, 0);
  EXPECT_LT(largest(model->decode(tokens.narrow(0, 3, 1)) - model->decode(tokens).narrow(0, 3, 1)), 1e-5);
}

// Evaluation folds the norms into the convolutions; forward in evaluation must be what latents and decode give.
TEST(Frozen, EncodeThenDecodeIsForward) {
  TestHost host;
  const auto model = make(host, 70);
  for (int i = 0; i < 3; ++i) model->forward(series(8, 1, 70), kTrain, {});
  model->train(false);
  const at::Tensor x = series(4, 1, 70);
  const View view = model->forward(x, {Path::quantised, false}, {});
  EXPECT_LT(largest(view.x_hat - model->decode(model->encode(x, 0))), 1e-5);
  EXPECT_LT(largest(view.z[0] - model->latents(x).z[0]), 1e-5);
}

TEST(Training, LowersTheLossAndRepeats) {
  TestHost host;
  double first = 0, last[2];
  for (int run = 0; run < 2; ++run) {
    const auto model = make(host, 64, 1, {{"dropout", "0.1"}});
    const at::Tensor x = series(32, 1, 64);
    for (int step = 0; step < 60; ++step) {
      const at::Tensor total = model->forward(x, kTrain, {}).total;
      if (step == 0) first = total.item<double>();
      last[run] = total.item<double>();
      total.backward();
      descend(*model, 0.05);
    }
  }
  EXPECT_LT(last[0], 0.8 * first);
  EXPECT_EQ(last[0], last[1]);
}

}  // namespace
}  // namespace autodidact::vqvae
