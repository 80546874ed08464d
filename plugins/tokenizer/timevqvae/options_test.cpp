// Terms, options, legacy switches, randomness, errors and bfloat16 of TimeVQVAE.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "common/nn/unit_rows.hpp"
#include "test_support.hpp"
#include "timevqvae.hpp"

namespace autodidact::timevqvae {
namespace {

using namespace testing_support;  // NOLINT

constexpr ForwardOptions kTrain{Path::quantised, true};
double value(const View& view, const std::string& name) { return scalar_of(view.terms, name).item<double>(); }

// With the last layer of the HF decoder set to 0, x_hat is the LF part, so that each term can be computed from outside:
// LF squared, HF absolute, the transform's errors means over all rows, of which the other stream's are 0.
TEST(Terms, AreMeansInTheirNorms) {
  TestHost host;
  for (const bool first : {false, true}) {
    Settings set = {{"recon_weight", "[2.0, 0.5]"}, {"stft_weight", "[1.0, 3.0]"}, {"beta", "[0.25]"}};
    const auto model = make(host, 64, 1, first ? first_version(set) : set);
    for (const Parameter& p : model->parameters())
      if (p.name.rfind(first ? "hf.decoder.extra" : "hf.decoder.mixing", 0) == 0) at::Tensor(p.tensor).detach().zero_();
    model->train(false);
    const at::Tensor x = series(4, 1, 64);
    const View view = model->forward(x, {Path::quantised, false}, {});
    const at::Tensor low = model->target(0, x), high = model->target(1, x);
    EXPECT_NEAR(value(view, "recon_lf"), 2.0 * at::mse_loss(view.x_hat, low).item<double>(), 1e-5);
    EXPECT_NEAR(value(view, "recon_hf"), 0.5 * high.abs().mean().item<double>(), 1e-5);

    const stft::StftOptions options{.n_fft = first ? 8 : 4,
                                    .hop = first ? 2 : 1,
                                    .normalized = !first,
                                    .window = first ? stft::Window::none : stft::Window::hann};
    const at::Tensor u = stft::Stft(options, 64).forward(x);
    EXPECT_NEAR(value(view, "stft_hf"),
                3.0 * at::cat({at::zeros_like(u.narrow(2, 0, 1)), u.slice(2, 1)}, 2).square().mean().item<double>(),
                1e-4);
    if (first) {  // without projections the commitment is that of the latents
      EXPECT_NEAR(value(view, "commitment_lf"), 0.25 * at::mse_loss(view.z[0], view.z_q[0]).item<double>(), 1e-5);
    } else {  // the LF rows of the transform of what came back
      const at::Tensor rows = stft::Stft(options, 64).forward(view.x_hat).narrow(2, 0, 1);
      EXPECT_NEAR(value(view, "stft_lf"), at::mse_loss(rows, u.narrow(2, 0, 1)).item<double>() / 3, 1e-5);
    }
  }
}

TEST(Terms, TakeTheOtherNormsToo) {
  TestHost host;
  const auto model = make(host, 64, 1,
                          {{"recon_weight", "[2.0, 0.5]"},
                           {"stft_weight", "[1.0, 3.0]"},
                           {"recon_norm_lf", "\"absolute\""},
                           {"recon_norm_hf", "\"squared\""},
                           {"stft_norm_lf", "\"absolute\""},
                           {"stft_norm_hf", "\"absolute\""}});
  for (const Parameter& p : model->parameters())
    if (p.name.rfind("hf.decoder.mixing", 0) == 0) at::Tensor(p.tensor).detach().zero_();
  model->train(false);
  const at::Tensor x = series(4, 1, 64);
  const View view = model->forward(x, {Path::quantised, false}, {});
  EXPECT_NEAR(value(view, "recon_lf"), 2.0 * (view.x_hat - model->target(0, x)).abs().mean().item<double>(), 1e-5);
  EXPECT_NEAR(value(view, "recon_hf"), 0.5 * model->target(1, x).square().mean().item<double>(), 1e-5);
  const stft::Stft transform({.n_fft = 4, .hop = 1, .normalized = true, .window = stft::Window::hann}, 64);
  const at::Tensor u = transform.forward(x), rows = transform.forward(view.x_hat).narrow(2, 0, 1);
  EXPECT_NEAR(value(view, "stft_lf"), (rows - u.narrow(2, 0, 1)).abs().mean().item<double>() / 3, 1e-5);
  EXPECT_NEAR(value(view, "stft_hf"),
              3.0 * at::cat({at::zeros_like(u.narrow(2, 0, 1)), u.slice(2, 1)}, 2).abs().mean().item<double>(), 1e-4);
}

TEST(Terms, OfWeightZeroAreLeftOut) {
  TestHost host;
  const auto model = make(host, 64, 1, {{"recon_weight", "[1.0, 0.0]"}, {"beta", "[0.0, 1.0]"}});
  const View view = model->forward(series(4, 1, 64), kTrain, {});
  ASSERT_EQ(view.terms.size(), 2u);
  EXPECT_TRUE(scalar_of(view.terms, "recon_lf").defined());
  EXPECT_TRUE(scalar_of(view.terms, "commitment_hf").defined());
}

TEST(Logs, TellOfEachStream) {
  TestHost host;
  const View view = make(host, 64)->forward(series(8, 1, 64), kTrain, {});
  for (const char* name : {"perplexity_lf", "perplexity_hf", "codes_used_lf", "codes_used_hf"})
    EXPECT_GE(scalar_of(view.logs, name).item<float>(), 1.0f) << name;
}

// With projections z is what the decoder would see unquantised, so that z and z_q lie in one space.
TEST(Latents, WithProjectionsSpanTheCodeDimension) {
  TestHost host;
  const auto model = make(host, 64, 1, {{"code_dimension", "[2]"}});
  model->forward(series(16, 1, 64), kTrain, {});
  model->train(false);
  const Latents latents = model->latents(series(16, 1, 64));
  const at::Tensor rows = latents.z[1].permute({0, 2, 3, 1}).reshape({-1, 16}).to(at::kDouble);
  const at::Tensor values = at::linalg_svdvals(rows - rows.mean(0));
  EXPECT_LT(values[2].item<double>(), 1e-5 * values[0].item<double>());
}

TEST(Latents, OfUnitLengthWithoutProjections) {
  TestHost host;
  const auto model = make(host, 64, 1, {{"code_dimension", "[0]"}});
  EXPECT_EQ(model->codebooks()[0]->size(1), 16);
  const View view = model->forward(series(4, 1, 64), {Path::continuous, false}, {});
  EXPECT_LT(largest(view.z[1].norm(2, at::IntArrayRef{1}) - 1), 1e-5);
  const auto plain = make(host, 64, 1, {{"code_dimension", "[0]"}, {"unit_latents", "false"}});
  const at::Tensor z = plain->forward(series(4, 1, 64), {Path::continuous, false}, {}).z[1];
  EXPECT_GT(largest(z.norm(2, at::IntArrayRef{1}) - 1), 0.05);
}

TEST(Bands, CanBeWider) {
  TestHost host;
  for (const bool first : {false, true}) {
    Settings set = {{"lf_bins", "2"}};
    if (!first) set.insert({{"n_fft", "8"}, {"hop", "2"}});
    const auto model = make(host, 64, 1, first ? first_version(set) : set);
    const at::Tensor x = series(4, 1, 64);
    EXPECT_LT(largest(model->target(0, x) + model->target(1, x) - x), 2e-5);
    const auto narrow = make(host, 64, 1, first ? first_version() : Settings{{"n_fft", "8"}, {"hop", "2"}});
    EXPECT_LT(largest(model->target(1, x)), largest(narrow->target(1, x)));  // more has become low
    EXPECT_EQ(model->layout()[0].height, first ? 5 : 2);
    EXPECT_EQ(model->layout()[1].height, first ? 5 : 3);
    model->forward(x, kTrain, {}).total.backward();
  }
  EXPECT_THROW(make(host, 64, 1, {{"lf_bins", "3"}}), ConfigError);
}

TEST(LegacyCrop, LeavesTheLastSampleOfOddLengthsOutOrStretches) {
  TestHost host;
  const at::Tensor x = series(4, 1, 65);
  const auto first = make(host, 65, 1, first_version({{"legacy_crop", "true"}}));
  const View view = first->forward(x, kTrain, {});
  EXPECT_TRUE(at::equal(view.x_hat.select(2, 64), view.x_hat.select(2, 63)));
  const Settings coarse = {{"n_fft", "8"}, {"hop", "2"}};
  Settings cropped = coarse;
  cropped["legacy_crop"] = "true";
  const auto plain = make(host, 65, 1, coarse), second = make(host, 65, 1, cropped);
  const at::Tensor stretched = second->target(0, x) + second->target(1, x);
  EXPECT_LT(largest(plain->target(0, x) + plain->target(1, x) - x), 2e-5);
  EXPECT_LT(largest(stretched - at::upsample_linear1d(x.narrow(2, 0, 64), {65}, false)), 2e-5);
  const auto fine = make(host, 65), same = make(host, 65, 1, {{"legacy_crop", "true"}});  // hop 1 loses nothing
  EXPECT_TRUE(at::equal(fine->target(1, x), same->target(1, x)));
}

TEST(LegacyEma, StartsFromZeroSizes) {
  TestHost host;
  EXPECT_EQ(largest(make(host, 64)->codebook(1).sizes() - 1), 0.0);
  EXPECT_EQ(largest(make(host, 64, 1, {{"legacy_ema", "true"}})->codebook(1).sizes()), 0.0);
}

// Both streams draw from one generator, one behind the other: asked for twice in a call, the host gives the same
// numbers.
TEST(Randomness, OneGeneratorServesBothStreams) {
  TestHost host;
  const auto model = make(host, 64);
  const std::uint64_t before = host.seed;
  model->train(false);
  model->forward(series(8, 1, 64), kTrain, {});
  EXPECT_EQ(host.seed, before);  // none in evaluation
  model->train(true);
  model->forward(series(8, 1, 64), kTrain, {});  // k-means of both
  EXPECT_EQ(host.seed, before + 1);
  model->forward(series(8, 1, 64), kTrain, {});
  EXPECT_EQ(host.seed, before + 1);
  model->train(false);
  const at::Tensor x = series(16, 1, 64), nearest = model->encode(x, 0);
  host.seed = 5;
  const at::Tensor drawn = model->encode(x, 10.0);
  EXPECT_EQ(host.seed, 6u);
  EXPECT_FALSE(at::equal(drawn, nearest));
  host.seed = 5;
  EXPECT_TRUE(at::equal(model->encode(x, 10.0), drawn));
  EXPECT_TRUE(at::equal(model->encode(x, 1e-9), nearest));
}

TEST(Halves, ConcernTheFirstVersionsConvolutions) {
  TestHost floats, halves(Precision::bf16);
  const at::Tensor x = series(16, 1, 64);
  const auto wide = make(floats, 64, 1, first_version()), half = make(halves, 64, 1, first_version());
  const View a = wide->forward(x, {Path::continuous, false}, {}), b = half->forward(x, {Path::continuous, false}, {});
  EXPECT_EQ(b.z[0].scalar_type(), at::kFloat);
  EXPECT_NEAR(b.total.item<double>(), a.total.item<double>(), 0.02 * a.total.item<double>());
  EXPECT_FALSE(at::equal(a.total, b.total));
  const auto second = make(floats, 64), same = make(halves, 64);
  at::manual_seed(2);
  const at::Tensor c = second->forward(x, {Path::continuous, false}, {}).total;
  at::manual_seed(2);
  EXPECT_TRUE(at::equal(same->forward(x, {Path::continuous, false}, {}).total, c));
}

TEST(Errors, SayWhatWasFoundAndExpected) {
  TestHost host;
  const auto model = make(host, 64);
  EXPECT_THROW(model->forward(series(2, 1, 63), kTrain, {}), DataError);
  EXPECT_THROW(model->latents(series(2, 1, 64).to(at::kDouble)), DataError);
  EXPECT_THROW(model->decode(at::zeros({2, 3}, at::kLong)), DataError);
  const Layout layout = model->layout();
  at::Tensor tokens = at::zeros({1, layout[0].count() + layout[1].count()}, at::kLong);
  tokens[0][layout[1].first] = 31;  // K = 32 there
  EXPECT_NO_THROW(model->decode(tokens));
  tokens[0][0] = 31;  // K = 16 there
  EXPECT_THROW(model->decode(tokens), DataError);
  EXPECT_THROW(make(host, 2), DataError);
  EXPECT_THROW(make(host, 64, 1, {{"hop", "4"}}), ConfigError);
  EXPECT_THROW(make(host, 64, 1, {{"recon_weight", "[0.0]"}}), ConfigError);  // and the default of stft_weight is 0
  EXPECT_NO_THROW(make(host, 64, 1, {{"recon_weight", "[0.0]"}, {"stft_weight", "[0.0, 1.0]"}}));
  EXPECT_THROW(make(host, 64, 1, {{"width", "[8, 16, 32]"}}), ConfigError);
}

}  // namespace
}  // namespace autodidact::timevqvae
