#include "common/stft/stft.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <tuple>

#include "autodidact/plugin/error.hpp"

namespace autodidact::stft {
namespace {

double largest(const at::Tensor& difference) { return difference.abs().max().item<double>(); }

at::Tensor series(std::int64_t batch, std::int64_t channels, std::int64_t length, at::ScalarType type = at::kFloat) {
  return at::randn({batch, channels, length}, at::TensorOptions().dtype(type));
}

// LibTorch's own transform, laid out as ours.
at::Tensor library_stft(const at::Tensor& x, std::int64_t n_fft, std::int64_t hop, Window kind = Window::hann) {
  const std::int64_t B = x.size(0), C = x.size(1);
  const at::Tensor window = kind == Window::hann ? at::hann_window(n_fft, x.options()) : at::ones({n_fft}, x.options());
  const at::Tensor complex = at::stft(x.reshape({B * C, x.size(2)}), n_fft, hop, n_fft, window, /*center=*/true,
                                      "reflect", /*normalized=*/false, /*onesided=*/true, /*return_complex=*/true);
  const at::Tensor parts = at::view_as_real(complex);  // (B C, H, W, 2)
  return parts.permute({0, 3, 1, 2}).reshape({B, 2 * C, parts.size(1), parts.size(2)});
}

class RoundTrip : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(RoundTrip, LosesNothing) {
  const std::int64_t length = GetParam();
  const at::Tensor x = series(3, 2, length);
  const Stft transform({.n_fft = 8, .hop = 2}, length);
  const at::Tensor u = transform.forward(x);
  EXPECT_EQ(u.sizes(), (std::vector<std::int64_t>{3, 4, 5, 1 + length / 2}));
  EXPECT_LT(largest(transform.inverse(u) - x), 1e-5);
}

TEST_P(RoundTrip, AgreesWithTheLibrary) {
  const std::int64_t length = GetParam();
  const at::Tensor x = series(2, 3, length);
  const Stft transform({.n_fft = 8, .hop = 2}, length);
  EXPECT_LT(largest(transform.forward(x) - library_stft(x, 8, 2)), 2e-6);

  // Any u, not only a transform of something: the inverses must agree there too.
  const at::Tensor u = at::randn({4, 2, 5, transform.frames()});
  const at::Tensor complex = at::view_as_complex(u.permute({0, 2, 3, 1}).contiguous());
  const at::Tensor theirs = at::istft(complex, 8, 2, 8, at::hann_window(8, u.options()), true, false, true, length);
  EXPECT_LT(largest(transform.inverse(u).squeeze(1) - theirs), 2e-6);
}

INSTANTIATE_TEST_SUITE_P(Lengths, RoundTrip, ::testing::Values(65, 70, 128, 945, 1024));

TEST(Stft, OtherWindowsRoundTrip) {
  for (const StftOptions options :
       {StftOptions{4, 1, true}, StftOptions{16, 8}, StftOptions{9, 3}, StftOptions{9, 1}, StftOptions{8, 3}}) {
    const at::Tensor x = series(2, 1, 51);
    const Stft transform(options, 51);
    EXPECT_EQ(transform.frames(), library_stft(x, options.n_fft, options.hop).size(3));
    EXPECT_LT(largest(transform.inverse(transform.forward(x)) - x), 1e-5) << options.n_fft << " " << options.hop;
  }
}

TEST(Stft, NoWindowIsARectangularOne) {
  for (const auto& [n_fft, hop, length] : {std::tuple{8, 2, 65}, {8, 8, 64}, {9, 3, 51}, {4, 1, 24}}) {
    const at::Tensor x = series(2, 2, length);
    const Stft transform({.n_fft = n_fft, .hop = hop, .window = Window::none}, length);
    const at::Tensor u = transform.forward(x);
    EXPECT_LT(largest(u - library_stft(x, n_fft, hop, Window::none)), 5e-6) << n_fft;
    EXPECT_LT(largest(transform.inverse(u) - x), 1e-5) << n_fft;
  }
}

TEST(Stft, GradientOfTheInverseEqualsItsTranspose) {
  const Stft transform({.n_fft = 8, .hop = 2}, 21, at::kDouble);
  const at::Tensor u = at::randn({2, 2, 5, transform.frames()}, at::kDouble).requires_grad_(true);
  const at::Tensor cotangent = series(2, 1, 21, at::kDouble);
  (transform.inverse(u) * cotangent).sum().backward();
  const at::Tensor direction = at::randn_like(u);  // linear, so one direction at any step is exact
  const at::NoGradGuard no_grad;
  const double along = (transform.inverse(direction) * cotangent).sum().item<double>();
  EXPECT_NEAR((u.grad() * direction).sum().item<double>(), along, 1e-10);
}

TEST(Stft, RefusesWhatCannotBeInverted) {
  EXPECT_THROW(Stft({.n_fft = 8, .hop = 8}, 64), ConfigError);  // the window is 0 at its first sample
  EXPECT_THROW(Stft({.n_fft = 8, .hop = 9}, 64), ConfigError);
  EXPECT_THROW(Stft({.n_fft = 8, .hop = 0}, 64), ConfigError);
  EXPECT_THROW(Stft({.n_fft = 8, .hop = 2}, 4), DataError);
  EXPECT_NO_THROW(Stft({.n_fft = 8, .hop = 2}, 5));
}

}  // namespace
}  // namespace autodidact::stft
