#include "data/augment.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gmock/gmock.h>

#include <chrono>
#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "config/augmentations.hpp"

namespace autodidact::test {
namespace {

at::Generator seeded(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

at::Tensor noise(at::IntArrayRef shape) {
  at::Generator generator = seeded(11);
  return at::randn(shape, generator, at::kFloat);
}

std::vector<double> row(const at::Tensor& x, std::int64_t b, std::int64_t c) {
  const at::Tensor values = x[b][c].to(at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

// numpy.interp over whole-number abscissae: n values at linspace(0, last, n) of y.
std::vector<double> resampled(const std::vector<double>& y, std::int64_t n) {
  std::vector<double> out;
  const double last = static_cast<double>(y.size()) - 1;
  for (std::int64_t i = 0; i < n; ++i) {
    const double p = n == 1 ? 0.0 : static_cast<double>(i) * last / static_cast<double>(n - 1);
    const auto low = static_cast<std::size_t>(p);
    const std::size_t high = std::min(low + 1, y.size() - 1);
    out.push_back(y[low] + (p - static_cast<double>(low)) * (y[high] - y[low]));
  }
  return out;
}

// One series at a time, as the reference defines it.
std::vector<double> warped(const std::vector<double>& x, std::int64_t window, std::int64_t start, std::int64_t points) {
  const std::vector<double> middle = resampled({x.begin() + start, x.begin() + start + window}, points);
  std::vector<double> whole(x.begin(), x.begin() + start);
  whole.insert(whole.end(), middle.begin(), middle.end());
  whole.insert(whole.end(), x.begin() + start + window, x.end());
  return resampled(whole, static_cast<std::int64_t>(x.size()));
}

TEST(WindowWarp, EqualsTheSlowReference) {
  for (const auto& [length, window] : {std::pair{128, 51}, {65, 26}, {7, 3}, {5, 2}, {2, 1}, {1, 1}, {4, 4}}) {
    const at::Tensor x = noise({40, 2, length});
    at::Generator generator = seeded(5);
    WindowWarp warp;
    warp.start = at::randint(0, std::max(length - window, 1), {40}, generator, at::kLong);
    warp.points = (window * (0.4 + 2 * at::rand({40}, generator, at::kDouble))).to(at::kLong).clamp_min(1);
    const at::Tensor out = window_warp(x, window, warp);
    for (std::int64_t b = 0; b < 40; ++b) {
      for (std::int64_t c = 0; c < 2; ++c) {
        const auto expected =
            warped(row(x, b, c), window, warp.start[b].item<std::int64_t>(), warp.points[b].item<std::int64_t>());
        const auto found = row(out, b, c);
        for (std::size_t t = 0; t < expected.size(); ++t)
          ASSERT_NEAR(found[t], expected[t], 1e-5) << "L " << length << " b " << b << " t " << t;
      }
    }
  }
}

TEST(SliceShuffle, EqualsTheSlowReference) {
  for (const std::int64_t length : {128, 7, 1}) {
    for (const std::int64_t segments : {1, 2, 4, 9}) {
      const at::Tensor x = noise({40, 2, length});
      at::Generator generator = seeded(5);
      SliceShuffle shuffle;
      shuffle.cuts = std::get<0>(at::randint(0, length, {40, segments - 1}, generator, at::kLong).sort(1));
      shuffle.order = at::rand({40, segments}, generator, at::kDouble).argsort(1, false);
      const at::Tensor out = slice_shuffle(x, shuffle);
      for (std::int64_t b = 0; b < 40; ++b) {
        std::vector<std::int64_t> bounds = {0};
        for (std::int64_t s = 0; s + 1 < segments; ++s) bounds.push_back(shuffle.cuts[b][s].item<std::int64_t>());
        bounds.push_back(length);
        const auto before = row(x, b, 1);
        std::vector<double> expected;
        for (std::int64_t s = 0; s < segments; ++s) {
          const auto from = static_cast<std::size_t>(shuffle.order[b][s].item<std::int64_t>());
          expected.insert(expected.end(), before.begin() + bounds[from], before.begin() + bounds[from + 1]);
        }
        ASSERT_EQ(row(out, b, 1), expected) << "L " << length << " S " << segments << " b " << b;
      }
    }
  }
}

TEST(Augment, ShapeFiniteAndSeeded) {
  for (const std::string& name : builtin_augmentations()) {
    for (const std::int64_t length : {128, 65, 3, 1}) {
      for (const std::int64_t batch : {16, 1}) {
        const at::Tensor x = noise({batch, 3, length}), copy = x.clone();
        at::Generator a = seeded(1), b = seeded(1), c = seeded(2);
        const at::Tensor y = augment(x, builtin_augmentation(name), a);
        EXPECT_EQ(y.sizes(), x.sizes());
        EXPECT_EQ(y.scalar_type(), at::kFloat);
        EXPECT_TRUE(at::isfinite(y).all().item<bool>());
        EXPECT_TRUE(at::equal(x, copy));
        EXPECT_TRUE(at::equal(y, augment(x, builtin_augmentation(name), b)));
        if (length > 3) {
          EXPECT_FALSE(at::equal(y, augment(x, builtin_augmentation(name), c)));
        }
      }
    }
  }
}

TEST(Augment, IdentityAtZeroStrength) {
  const at::Tensor x = noise({32, 2, 65});
  const std::vector<std::vector<AugmentationStep>> still = {
      {},
      {{"window_warp", {{"scale_min", 1.0}, {"scale_max", 1.0}}}},
      {{"amplitude_resize", {{"std", 0.0}}}},
      {{"slice_shuffle", {{"segments", std::int64_t{1}}}}},
      {{"gaussian_noise", {{"std", 0.0}}}},
  };
  for (const auto& steps : still) {
    at::Generator generator = seeded(1);
    const at::Tensor y = augment(x, steps, generator);
    EXPECT_TRUE(at::equal(x, y)) << (steps.empty() ? "" : steps[0].kind);
    EXPECT_NE(x.data_ptr(), y.data_ptr());
  }
}

TEST(Augment, NoiseAndAmplitudeHaveTheirStatistics) {
  const at::Tensor x = noise({4000, 2, 25});
  at::Generator generator = seeded(1);
  const at::Tensor d = (augment(x, builtin_augmentation("gauss"), generator) - x).to(at::kDouble);
  EXPECT_NEAR(d.mean().item<double>(), 0, 1e-3);
  EXPECT_NEAR(d.std().item<double>(), 0.05, 1e-3);
  const at::Tensor factor = augment(x, {{"amplitude_resize", {}}}, generator) / x;  // one a series
  EXPECT_LT((factor - factor.slice(1, 0, 1).slice(2, 0, 1)).abs().max().item<double>(), 1e-4);
  const at::Tensor one = factor.select(1, 0).select(1, 0).to(at::kDouble);
  EXPECT_NEAR(one.mean().item<double>(), 1, 0.015);
  EXPECT_NEAR(one.std().item<double>(), 0.2, 0.01);
}

// On a ramp of 0..L-1 the warp is a rising function that keeps both ends; the shuffle is a permutation.
TEST(Augment, WarpKeepsOrderAndShuffleKeepsValues) {
  const at::Tensor ramp = at::arange(128, at::kFloat).expand({64, 1, 128}).contiguous();
  at::Generator generator = seeded(1);
  const at::Tensor warp = augment(ramp, {{"window_warp", {}}}, generator);
  EXPECT_GE(warp.diff(1, 2).min().item<float>(), 0);
  EXPECT_TRUE(warp.select(2, 0).eq(0).all().item<bool>());
  EXPECT_TRUE(warp.select(2, 127).eq(127).all().item<bool>());
  EXPECT_GT((warp - ramp).abs().max().item<float>(), 5);
  const at::Tensor slice = augment(ramp, builtin_augmentation("slice"), generator);
  EXPECT_TRUE(at::equal(std::get<0>(slice.sort(2)), ramp));
  // at most 3 jumps, where a segment does not go on
  EXPECT_LE(slice.diff(1, 2).ne(1).sum(2).max().item<std::int64_t>(), 3);
  EXPECT_GT(slice.diff(1, 2).ne(1).sum().item<std::int64_t>(), 64);
}

TEST(Augment, WhatMovesPositionsAndWhatCannotBe) {
  EXPECT_TRUE(moves_positions(builtin_augmentation("warp")));
  EXPECT_TRUE(moves_positions(builtin_augmentation("slice")));
  EXPECT_FALSE(moves_positions(builtin_augmentation("gauss")));
  at::Generator generator = seeded(1);
  EXPECT_THROW(augment(noise({2, 1, 8}), {{"flip", {}}}, generator), ConfigError);
  EXPECT_THROW(augment(noise({2, 1, 8}), {{"window_warp", {{"scale_min", 3.0}}}}, generator), ConfigError);
}

// B = 128, L = 128 takes well under a millisecond on one thread; the bound leaves room for a busy machine.
TEST(Augment, IsFast) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor x = noise({128, 1, 128});
  at::Generator generator = seeded(1);
  for (const std::string& name : builtin_augmentations()) {
    const auto steps = builtin_augmentation(name);
    double best = 1e9;
    for (int i = 0; i < 50; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      augment(x, steps, generator);
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
      best = std::min(best, took.count());
    }
    std::printf("%s: %.3f ms\n", name.c_str(), best);
    EXPECT_LT(best, 5.0) << name;
  }
  at::set_num_threads(threads);
}

}  // namespace
}  // namespace autodidact::test
