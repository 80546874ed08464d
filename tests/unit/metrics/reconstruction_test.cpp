#include "metrics/reconstruction.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "metrics/families.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

// The recursion as it stands in books, one pair at a time.
double plain_dtw(const at::Tensor& x, const at::Tensor& y, std::int64_t window = 1000) {
  const std::int64_t length = x.size(1);
  std::vector<std::vector<double>> best(length + 1, std::vector<double>(length + 1, 1e300));
  best[0][0] = 0;
  for (std::int64_t i = 1; i <= length; ++i)
    for (std::int64_t j = std::max<std::int64_t>(1, i - window); j <= std::min(length, i + window); ++j) {
      const double cost = (x.select(1, i - 1) - y.select(1, j - 1)).square().sum().item<double>();
      best[i][j] = cost + std::min({best[i - 1][j], best[i][j - 1], best[i - 1][j - 1]});
    }
  return std::sqrt(best[length][length]);
}

TEST(Reconstruction, HandComputed) {
  const at::Tensor x = at::zeros({2, 1, 12}), y = x.clone();
  y[0][0][3] = 3.0;  // one difference of 3 in 24 elements
  const ReconstructionErrors errors = reconstruction_errors(x, y);
  EXPECT_NEAR(errors.mse, 9.0 / 24, 1e-12);
  EXPECT_NEAR(errors.mae, 3.0 / 24, 1e-12);
  EXPECT_GT(errors.stft_mse, 0);
  EXPECT_TRUE(euclidean_distances(x, y).equal(at::tensor({3.0, 0.0}, at::kDouble)));
}

TEST(Reconstruction, AConstantOffsetShowsInTheFirstTwoBinsOnly) {
  // A Hann window of 8 sums to 4, its bin 1 to -2 (up to sign); 5 bins, real and imaginary parts: (16 + 4) d^2 / 10
  const at::Tensor x = noise({300, 2, 40}, 1);
  EXPECT_NEAR(reconstruction_errors(x, x + 0.5).stft_mse, 20 * 0.25 / 10, 1e-5);
}

TEST(Reconstruction, TooShortForTheWindowHasNoSpectrum) {
  const at::Tensor x = noise({3, 1, 4}, 1);
  EXPECT_TRUE(std::isnan(reconstruction_errors(x, x).stft_mse));
}

TEST(Dtw, EqualsThePlainRecursion) {
  for (const std::int64_t channels : {1, 3}) {
    const at::Tensor x = noise({11, channels, 23}, 1).to(at::kDouble), y = noise({11, channels, 23}, 2).to(at::kDouble);
    const at::Tensor found = dtw_distances(x, y);
    for (std::int64_t i = 0; i < 11; ++i) EXPECT_NEAR(found[i].item<double>(), plain_dtw(x[i], y[i]), 1e-12) << i;
  }
}

TEST(Dtw, AWindowBoundsHowFarItWarps) {
  const at::Tensor x = noise({9, 2, 23}, 3).to(at::kDouble), y = noise({9, 2, 23}, 4).to(at::kDouble);
  for (const std::int64_t window : {0, 1, 2, 7, 22}) {
    const at::Tensor found = dtw_distances(x, y, window);
    for (std::int64_t i = 0; i < 9; ++i)
      EXPECT_NEAR(found[i].item<double>(), plain_dtw(x[i], y[i], window), 1e-12) << window << ", " << i;
  }
  EXPECT_TRUE(dtw_distances(x, y, 0).allclose((x - y).square().sum({1, 2}).sqrt()));  // no warping at all
  EXPECT_TRUE(dtw_distances(x, y, 22).equal(dtw_distances(x, y)));
  EXPECT_EQ(dtw_affordable(100000, 1, 1000, 49), 100000);
}

TEST(Dtw, TheWindowIsAShareOfTheLengthAndNoted) {
  MeasureInput input;
  input.test_x = noise({6, 1, 20}, 5);
  input.reconstruction = noise({6, 1, 20}, 6);
  input.dtw_window = 0.1;
  Report report(1);
  measure_reconstruction(input, {{}, input.test_x, {}}, report);
  for (const Measurement& row : report.finish()) {
    if (row.name != "dtw_recon") continue;
    EXPECT_NEAR(row.value, dtw_distances(input.test_x, input.reconstruction, 2).mean().item<double>(), 1e-12);
    EXPECT_EQ(row.note, "window of 2 steps");
  }
}

TEST(Dtw, ForgivesAShiftOfAPlateau) {
  const at::Tensor x = at::zeros({1, 1, 20}), y = x.clone();
  x.narrow(2, 5, 5).fill_(1);
  y.narrow(2, 8, 5).fill_(1);
  EXPECT_EQ(dtw_distances(x, y).item<double>(), 0);
  EXPECT_GT(euclidean_distances(x, y).item<double>(), 2);
}

std::map<std::string, Measurement> rows_of(const MeasureInput& input, std::int64_t length) {
  Report report(1);
  measure_reconstruction(input, {{}, input.test_x.narrow(2, 0, length), {}}, report);
  std::map<std::string, Measurement> rows;
  for (const Measurement& row : report.finish()) rows[row.name] = row;
  return rows;
}

// Frames of 8 every 2 steps over the series reflected by 4, Hann window, one-sided transform by its definition.
double plain_stft_error(const std::vector<double>& d) {
  const auto n = static_cast<int>(d.size());
  const auto at = [&](int t) { return d[static_cast<std::size_t>(t < 0 ? -t : t >= n ? 2 * (n - 1) - t : t)]; };
  const double pi = std::acos(-1.0);
  double sum = 0;
  int count = 0;
  for (int centre = 0; centre <= n; centre += 2)
    for (int k = 0; k <= 4; ++k) {
      double re = 0, im = 0;
      for (int j = 0; j < 8; ++j) {
        const double value = at(centre - 4 + j) * 0.5 * (1 - std::cos(2 * pi * j / 8));
        re += value * std::cos(2 * pi * k * j / 8);
        im -= value * std::sin(2 * pi * k * j / 8);
      }
      sum += re * re + im * im;
      count += 2;
    }
  return sum / count;
}

TEST(Reconstruction, TheSpectrumIsThatOfTheDefinition) {
  for (const int length : {12, 13, 30}) {
    std::vector<double> d(static_cast<std::size_t>(length));
    for (int t = 0; t < length; ++t) d[static_cast<std::size_t>(t)] = std::sin(0.9 * t) + 0.1 * t;
    const at::Tensor x = at::tensor(d, at::kDouble).view({1, 1, length});
    EXPECT_NEAR(reconstruction_errors(x, at::zeros_like(x)).stft_mse, plain_stft_error(d), 1e-10) << length;
  }
}

TEST(Reconstruction, HonoursTheCrop) {
  MeasureInput input;
  input.test_x = noise({6, 1, 17}, 1);
  input.reconstruction = input.test_x.clone();
  input.reconstruction.select(2, 16).fill_(100);
  EXPECT_GT(rows_of(input, 17)["mse"].value, 100);
  input.crop = 1;
  const auto rows = rows_of(input, 16);
  for (const char* name : {"mse", "mae", "stft_mse", "ed_recon", "dtw_recon"})
    EXPECT_EQ(rows.at(name).value, 0) << name;
  EXPECT_NE(rows.at("mse").note.find("left out"), std::string::npos);
}

TEST(Dtw, OnlyASetThatWouldTakeTooLongIsCut) {
  EXPECT_EQ(dtw_affordable(4000, 1, 128), 4000);
  EXPECT_EQ(dtw_affordable(8236, 1, 1024), 8236);
  EXPECT_EQ(dtw_affordable(100000, 2, 1000), 7500);
  EXPECT_EQ(dtw_affordable(5, 1, 1000000), 1);
}

}  // namespace
}  // namespace autodidact
