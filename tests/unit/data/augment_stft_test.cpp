#include "data/augment_stft.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "unit/data/augment_support.hpp"

namespace autodidact::test {
namespace {

constexpr double kPi = std::numbers::pi;

// Position t of a series that goes on by reflection.
std::size_t reflected(std::int64_t t, std::int64_t length) {
  while (t < 0 || t >= length) t = length == 1 ? 0 : t < 0 ? -t : 2 * (length - 1) - t;
  return static_cast<std::size_t>(t);
}

TEST(Bins, EqualTheSlowTransform) {
  for (const auto& [length, n_fft, hop] : {std::tuple{40, 8, 2}, {41, 32, 8}, {5, 32, 8}, {13, 7, 3}, {1, 4, 2}}) {
    const Bins transform{n_fft, hop};
    const at::Tensor x = noise({2, 2, length}), bins = transform.of(x);
    ASSERT_EQ(bins.sizes(), (std::vector<std::int64_t>{2, 2, n_fft / 2 + 1, transform.frames(length)}));
    EXPECT_GE((transform.frames(length) - 1) * hop, length - 1);  // the last frame is at or behind the last value
    EXPECT_LT((transform.frames(length) - 2) * hop, length - 1);
    const std::vector<double> series = row(x, 1, 1);
    for (std::int64_t frame = 0; frame < transform.frames(length); ++frame) {
      for (std::int64_t k = 0; k < transform.height(); ++k) {
        std::complex<double> sum = 0;
        for (std::int64_t i = 0; i < n_fft; ++i) {
          const double angle = 2 * kPi * static_cast<double>(i) / n_fft;
          const double value = series[reflected(frame * hop + i - n_fft / 2, length)];
          sum += 0.5 * (1 - std::cos(angle)) * value * std::polar(1.0, -angle * static_cast<double>(k));
        }
        const auto found = bins[1][1][k][frame].item<c10::complex<float>>();
        ASSERT_NEAR(found.real(), sum.real(), 1e-4) << "L " << length << " k " << k << " frame " << frame;
        ASSERT_NEAR(found.imag(), sum.imag(), 1e-4) << "L " << length << " k " << k << " frame " << frame;
      }
    }
  }
}

TEST(Bins, GiveTheWholeSeriesBack) {
  for (const std::int64_t length : {1, 2, 3, 15, 16, 17, 31, 64, 65, 100, 129}) {
    for (const auto& [n_fft, hop] : {std::pair{32, 8}, {32, 16}, {31, 15}, {8, 2}, {3, 1}, {2, 1}, {64, 27}}) {
      const Bins transform{n_fft, hop};
      const at::Tensor x = noise({3, 2, length}), back = transform.series(transform.of(x), length);
      ASSERT_EQ(back.sizes(), x.sizes());
      EXPECT_LT(largest(back - x), 1e-5) << "L " << length << " n_fft " << n_fft << " hop " << hop;
    }
  }
}

// With frames of two values the Hann window is (0, 1), a frame holds one value v, and its bins are v and -v: the value
// comes back as (bin 0 - bin 1) / 2, with the real parts only. So each step can be followed by hand.
const Values kTwo = {{"n_fft", std::int64_t{2}}, {"hop", std::int64_t{1}}};
Values with(Values params, const std::string& name, double value) {
  params[name] = value;
  return params;
}

TEST(StftMask, HalvesOrTakesAValueByItsTwoBins) {
  const at::Tensor x = noise({2000, 2, 25}).abs().add(0.5);
  const at::Tensor share = changed(x, "stft_mask", with(kTwo, "p", 0.3)) / x;
  EXPECT_NEAR(mean_of(share.lt(0.01)), 0.3 * 0.3, 0.01);
  EXPECT_NEAR(mean_of(share.sub(0.5).abs().lt(0.01)), 2 * 0.3 * 0.7, 0.01);
  EXPECT_NEAR(mean_of(share.gt(0.99)), 0.7 * 0.7, 0.01);
  EXPECT_FALSE(share.select(1, 0).allclose(share.select(1, 1), 0, 0.1));  // each channel has its own mask
  EXPECT_LT(largest(changed(x, "stft_mask", {{"p", 1.0}})), 1e-6);
}

TEST(StftPhase, TurnsByTheCosineOfTwoAngles) {
  const at::Tensor x = noise({2000, 2, 25}).abs().add(0.5);
  const double std = 0.8;
  const at::Tensor share = changed(x, "stft_phase", with(kTwo, "std", std)) / x;  // (cos a + cos b) / 2
  const double mean = std::exp(-std * std / 2), square = (1 + std::exp(-2 * std * std)) / 2;
  EXPECT_NEAR(mean_of(share), mean, 0.005);
  EXPECT_NEAR(std_of(share), std::sqrt((square - mean * mean) / 2), 0.005);
}

TEST(StftNoise, GoesByTheModulus) {
  const at::Tensor x = noise({2000, 2, 25}).abs().add(0.5);
  const at::Tensor share = changed(x, "stft_noise", with(kTwo, "std", 0.4)) / x - 1;  // 0.4 (Re z0 - Re z1) / 2
  EXPECT_NEAR(mean_of(share), 0, 0.003);
  EXPECT_NEAR(std_of(share), 0.4 / 2, 0.003);  // each real part has variance 1/2
  const at::Tensor silence = at::zeros({2, 1, 40});
  EXPECT_TRUE(changed(silence, "stft_noise", {}).equal(silence));
}

TEST(StftBandMask, ScalesOneOfTwoBins) {
  const at::Tensor x = noise({20, 2, 25});
  const at::Tensor half = changed(x, "stft_band_mask", with(kTwo, "band_ratio", 0.5));
  EXPECT_LT(largest(half - x / 2), 1e-6);
  Values both = with(kTwo, "band_ratio", 1.0);
  EXPECT_LT(largest(changed(x, "stft_band_mask", with(both, "scale", 3.0)) - 3 * x), 1e-5);
}

// A tone in the middle of bin 8 of 17 stands, through the Hann window, in bins 7, 8 and 9 of a frame. Added up with
// windows four to a frame (sums of w 2, of w^2 1.5), it keeps 1 - (sum of w / 2) / 1.5 = 1/3 without bin 8, and 5/6
// without bin 7 or 9. Each of the 17 bins is hit equally often, for all channels at once.
TEST(StftBandMask, APureToneLosesWhatItsBandHolds) {
  const at::Tensor tone = at::cos(at::arange(128) * (2 * kPi / 4)).to(at::kFloat);
  const at::Tensor x = tone.expand({8500, 2, 128}).contiguous();
  const at::Tensor y = changed(x, "stft_band_mask", {{"band_ratio", 0.01}});
  EXPECT_TRUE(y.select(1, 0).allclose(y.select(1, 1)));
  const at::Tensor kept = y.select(1, 0).slice(1, 32, 96).matmul(tone.slice(0, 32, 96)) / 32;  // (B)
  EXPECT_NEAR(mean_of(kept.sub(1.0 / 3).abs().lt(1e-3)), 1.0 / 17, 0.01);
  EXPECT_NEAR(mean_of(kept.sub(5.0 / 6).abs().lt(1e-3)), 2.0 / 17, 0.01);
  EXPECT_NEAR(mean_of(kept.sub(1.0).abs().lt(1e-3)), 14.0 / 17, 0.01);
}

// What a step does on average it does to each bin, and the transform is linear.
TEST(StftSteps, MeansAtTheDefaultTransform) {
  const at::Tensor one = noise({1, 2, 65}), x = one.expand({4000, 2, 65}).contiguous();
  const auto mean = [&](const std::string& kind, const std::string& name, double value) {
    return changed(x, kind, {{name, value}}).mean(0, true);
  };
  EXPECT_LT(largest(mean("stft_mask", "p", 0.2) - 0.8 * one), 0.05);
  EXPECT_LT(largest(mean("stft_phase", "std", 0.45) - std::exp(-0.45 * 0.45 / 2) * one), 0.05);
  EXPECT_LT(largest(mean("stft_noise", "std", 0.1) - one), 0.02);
}

// Noise of the bins, of variance std^2 |X|^2, half in each part, as variance of each value: the inverse transform of a
// frame, its window, and the sum of squared windows that the overlapping frames are divided by.
TEST(StftNoise, VarianceOfEachValue) {
  const at::Tensor one = noise({1, 1, 65}), x = one.expand({20000, 1, 65}).contiguous();
  const at::Tensor power = Bins{}.of(one).abs().square()[0][0].to(at::kDouble);  // (H, W)
  const at::Tensor weight = at::full({17, 1}, 2.0, at::kDouble);  // a bin and its conjugate: (2 Re)^2 / 2 on average
  weight[0] = weight[16] = 0.5;
  const at::Tensor frame = 0.1 * 0.1 * (weight * power).sum(0) / (32.0 * 32.0);  // (W), variance of each of its values
  const at::Tensor square = at::hann_window(32, true, at::kDouble).square();
  at::Tensor variance = at::zeros({128}, at::kDouble), cover = at::zeros({128}, at::kDouble);
  for (std::int64_t f = 0; f < frame.size(0); ++f) {
    variance.slice(0, 8 * f, 8 * f + 32).add_(square * frame[f]);
    cover.slice(0, 8 * f, 8 * f + 32).add_(square);
  }
  const at::Tensor expected = (variance / cover.square()).slice(0, 16, 16 + 65).sqrt();
  const at::Tensor found = (changed(x, "stft_noise", {}) - x).to(at::kDouble).select(1, 0).std(0);
  EXPECT_LT(largest(found / expected - 1), 0.03);
}

// The reference left the last L mod 8 values zero, and a lone window's faint edge would blow the last ones up.
TEST(StftSteps, TheEndIsLikeTheRest) {
  for (const std::int64_t hop : {8, 16}) {
    for (const std::int64_t length : {63, 64, 65, 71, 72}) {
      const at::Tensor x = noise({4000, 1, length}), y = changed(x, "stft_mask", {{"hop", hop}});
      const at::Tensor change = (y - x).square().mean(0)[0].sqrt();  // (L)
      EXPECT_LT(change.max().item<double>(), 2 * change.median().item<double>()) << "L " << length << " hop " << hop;
      EXPECT_GT(change.min().item<double>(), 0.4 * change.median().item<double>()) << "L " << length << " hop " << hop;
    }
  }
}

}  // namespace
}  // namespace autodidact::test
