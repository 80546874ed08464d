#include "data/augment_value.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "unit/data/augment_support.hpp"

namespace autodidact::test {
namespace {

TEST(ValueSteps, GaussianNoiseAndJitterHaveTheirStatistics) {
  const at::Tensor x = noise({4000, 2, 25});
  const at::Tensor gauss = changed(x, "gaussian_noise", {{"mean", 0.5}, {"std", 0.05}}) - x;
  EXPECT_NEAR(mean_of(gauss), 0.5, 1e-3);
  EXPECT_NEAR(std_of(gauss), 0.05, 1e-3);
  const at::Tensor jitter = changed(x, "jitter", {}) - x;
  EXPECT_NEAR(mean_of(jitter), 0, 1e-3);
  EXPECT_NEAR(std_of(jitter), 0.1, 1e-3);
  EXPECT_GT(largest(jitter.select(1, 0) - jitter.select(1, 1)), 0.1);  // each channel has its own
}

TEST(ValueSteps, FactorsAreOneASeries) {
  const at::Tensor x = at::ones({8000, 2, 5});
  const at::Tensor normal = shared(changed(x, "amplitude_resize", {}), 0);
  EXPECT_NEAR(mean_of(normal), 1, 0.01);
  EXPECT_NEAR(std_of(normal), 0.2, 0.01);
  const at::Tensor uniform = shared(changed(x, "uniform_resize", {}), 0);
  EXPECT_NEAR(mean_of(uniform), 1, 0.01);
  EXPECT_NEAR(std_of(uniform), 0.3 / std::sqrt(3.0), 0.005);
  EXPECT_NEAR(uniform.min().item<double>(), 0.7, 0.001);
  EXPECT_NEAR(uniform.max().item<double>(), 1.3, 0.001);
}

TEST(ValueSteps, VerticalShiftGoesByTheDeviationOfEachChannel) {
  at::Tensor x = noise({8000, 2, 16});
  x.select(1, 1).mul_(10);
  const at::Tensor shift = changed(x, "vertical_shift", {}) - x;
  const at::Tensor deviation = (x - x.mean(2, true)).square().mean(2, true).sqrt();
  const at::Tensor units = shared(shift / deviation, 1e-4);
  EXPECT_NEAR(mean_of(units), 0, 0.01);
  EXPECT_NEAR(std_of(units), 0.5 / std::sqrt(3.0), 0.01);
  EXPECT_NEAR(largest(units), 0.5, 0.001);
  const at::Tensor flat = at::full({3, 1, 8}, 2.0);  // no deviation, no shift
  EXPECT_TRUE(changed(flat, "vertical_shift", {}).equal(flat));
}

TEST(ValueSteps, SignFlipTurnsWithItsProbability) {
  const at::Tensor x = noise({8000, 2, 9});
  for (const double p : {0.0, 0.3, 1.0}) {
    const at::Tensor sign = shared(changed(x, "sign_flip", {{"p", p}}) / x, 0);
    EXPECT_TRUE(sign.abs().eq(1).all().item<bool>());
    EXPECT_NEAR(mean_of(sign.eq(-1)), p, p == 0.3 ? 0.02 : 0.0);
  }
}

TEST(ValueSteps, SlopeIsALineThroughTheFirstValue) {
  const at::Tensor x = at::zeros({8000, 2, 101});
  const at::Tensor line = changed(x, "slope", {});
  EXPECT_TRUE(line.select(2, 0).eq(0).all().item<bool>());
  const at::Tensor rate = shared(line.slice(2, 1) / at::arange(1, 101), 1e-8);
  EXPECT_NEAR(mean_of(rate), 0, 1e-4);
  EXPECT_NEAR(std_of(rate), 0.005 / std::sqrt(3.0), 1e-4);
  EXPECT_NEAR(largest(rate), 0.005, 1e-5);
}

// 4 of 10 values, from each of the 7 starts equally often.
TEST(ValueSteps, WindowJitterStaysInItsWindow) {
  const at::Tensor x = at::zeros({7000, 2, 10}), y = changed(x, "window_jitter", {});
  const at::Tensor touched = y.ne(0).select(1, 0);
  EXPECT_TRUE(touched.equal(y.ne(0).select(1, 1)));
  EXPECT_GT(largest(y.select(1, 0) - y.select(1, 1)), 0.1);
  EXPECT_TRUE(touched.sum(1).eq(4).all().item<bool>());
  const at::Tensor start = touched.to(at::kLong).argmax(1);
  for (int t = 0; t < 7; ++t) {
    EXPECT_NEAR(mean_of(start.eq(t)), 1.0 / 7, 0.02) << t;
    EXPECT_TRUE(touched.index({start.eq(t)}).slice(1, t, t + 4).all().item<bool>());
  }
  const at::Tensor drawn = y.masked_select(y.ne(0));
  EXPECT_NEAR(mean_of(drawn), 0, 2e-3);
  EXPECT_NEAR(std_of(drawn), 0.1, 2e-3);
}

// Numbers of scipy.interpolate.CubicSpline (not-a-knot) at 0, ..., L - 1 with knots linspace(0, L - 1, n).
TEST(Spline, EqualsScipy) {
  const at::Tensor six = at::tensor({1.0, -0.5, 2.0, 0.25, 1.5, -1.0}, at::kDouble).unsqueeze(0);
  const at::Tensor expected =
      at::tensor({1.0, -0.9652375900205763, -0.8874099794238686, 0.2701822916666669, 1.5442386831275723,
                  1.9743907536008232, 1.2218749999999998, 0.33481063528806576, 0.37242798353909473, 1.0891927083333335,
                  1.6547710905349795, 1.2360709233539091, -1.0},
                 at::kDouble);
  EXPECT_LT(largest(spline_curves(six, 13)[0] - expected), 1e-12);
  const at::Tensor four = at::tensor({1.0, -0.5, 2.0, 0.25}, at::kDouble).unsqueeze(0);
  const at::Tensor cubic = at::tensor({1.0, -0.765625, -0.5, 0.765625, 2.0, 2.171875, 0.25}, at::kDouble);
  EXPECT_LT(largest(spline_curves(four, 7)[0] - cubic), 1e-12);
}

TEST(Spline, GivesCubicsBackAndGoesThroughItsValues) {
  for (const std::int64_t n : {4, 5, 6, 17}) {
    const at::Tensor t = at::linspace(-1, 1, 61, at::kDouble), knots = at::linspace(-1, 1, n, at::kDouble);
    const auto cubic = [](const at::Tensor& u) { return u.pow(3) * 2 - u.square() + u * 0.5 + 3; };
    EXPECT_LT(largest(spline_curves(cubic(knots).unsqueeze(0), 61)[0] - cubic(t)), 1e-11) << n;
  }
  const at::Tensor values = noise({7, 6});
  EXPECT_LT(largest(spline_curves(values, 51).slice(1, 0, 51, 10) - values), 1e-5);
  EXPECT_LT(largest(spline_curves(values, 1) - values.slice(1, 0, 1)), 1e-6);
}

TEST(ValueSteps, MagnitudeWarpIsOneSmoothCurveASeries) {
  const at::Tensor x = at::ones({8000, 2, 51}), curve = changed(x, "magnitude_warp", {});
  EXPECT_TRUE(curve.select(1, 0).equal(curve.select(1, 1)));
  for (const std::int64_t t : {0, 10, 20, 50}) {  // ends and knots
    EXPECT_NEAR(mean_of(curve.select(2, t)), 1, 0.01) << t;
    EXPECT_NEAR(std_of(curve.select(2, t)), 0.2, 0.01) << t;
  }
  // between knots 10 apart it bends little: noise of this strength would have steps of 0.28
  EXPECT_LT(std_of(curve.diff(1, 2)), 0.06);
  const at::Tensor z = noise({8000, 2, 51});  // and it is a factor
  EXPECT_LT(largest(changed(z, "magnitude_warp", {}) - z * curve), 1e-5);
}

}  // namespace
}  // namespace autodidact::test
