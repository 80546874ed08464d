#include "data/augment_time.hpp"

#include <ATen/ATen.h>

#include "unit/data/augment_support.hpp"

namespace autodidact::test {
namespace {

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

// On a ramp of 0..L-1 the warp is a rising function that keeps both ends; the shuffle is a permutation.
TEST(TimeSteps, WarpKeepsOrderAndShuffleKeepsValues) {
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

// The draws of the study's sets in their order: what was trained with them can be trained again.
TEST(TimeSteps, DrawsOfTheStudysSetsStay) {
  const at::Tensor x = noise({16, 2, 65});
  at::Generator found = seeded(3), g = seeded(3);
  const at::Tensor warp = augment(x, builtin_augmentation("warp"), found);
  WindowWarp w;
  w.start = at::randint(0, 65 - 26, {16}, g, at::kLong);
  w.points = ((0.9 + (2.0 - 0.9) * at::rand({16}, g, at::kDouble)) * 26.0).to(at::kLong);
  const at::Tensor factor = at::randn({16, 1, 1}, g, at::kFloat);
  EXPECT_TRUE(at::equal(warp, window_warp(x, 26, w) * (factor * 0.2 + 1.0)));
  const at::Tensor slice = augment(x, builtin_augmentation("slice"), found);
  SliceShuffle s;
  s.cuts = std::get<0>(at::randint(0, 65, {16, 3}, g, at::kLong).sort(1));
  s.order = at::rand({16, 4}, g, at::kDouble).argsort(1, false);
  EXPECT_TRUE(at::equal(slice, slice_shuffle(x, s)));
  const at::Tensor gauss = augment(x, builtin_augmentation("gauss"), found);
  EXPECT_TRUE(at::equal(gauss, at::randn({16, 2, 65}, g, at::kFloat) * 0.05 + 0.0 + x));
}

TEST(RandomCrop, EqualsTheSlowReference) {
  for (const auto& [length, window] : {std::pair{128, 51}, {65, 26}, {7, 3}, {5, 1}, {2, 2}, {1, 1}}) {
    const at::Tensor x = noise({20, 2, length});
    at::Generator generator = seeded(5);
    const at::Tensor start = at::randint(0, length - window + 1, {20}, generator, at::kLong);
    const at::Tensor out = stretched(x, window, start);
    for (std::int64_t b = 0; b < 20; ++b) {
      for (std::int64_t c = 0; c < 2; ++c) {
        const std::vector<double> whole = row(x, b, c);
        const auto begin = whole.begin() + start[b].item<std::int64_t>();
        const std::vector<double> expected = resampled({begin, begin + window}, length), found = row(out, b, c);
        for (std::size_t t = 0; t < expected.size(); ++t)
          ASSERT_NEAR(found[t], expected[t], 1e-5) << "L " << length << " b " << b << " t " << t;
      }
    }
  }
}

// On a ramp the first value of a crop is where its window starts: each start equally often, both ends included.
TEST(RandomCrop, WindowsStartEverywhere) {
  const at::Tensor ramp = at::arange(11, at::kFloat).expand({8000, 2, 11}).contiguous();
  const at::Tensor out = changed(ramp, "random_crop", {{"crop_ratio", 0.7}});  // 8 of 11: starts 0, 1, 2, 3
  EXPECT_TRUE(out.select(1, 0).equal(out.select(1, 1)));
  const at::Tensor first = out.select(1, 0).select(1, 0), last = out.select(1, 0).select(1, 10);
  EXPECT_TRUE((last - first).eq(7).all().item<bool>());
  for (int start = 0; start < 4; ++start) EXPECT_NEAR(mean_of(first.eq(start)), 0.25, 0.02) << start;
}

TEST(Flip, ReversesWithItsProbability) {
  const at::Tensor x = noise({8000, 2, 9});
  for (const double p : {0.0, 0.3, 1.0}) {
    const at::Tensor y = changed(x, "flip", {{"p", p}});
    const at::Tensor kept = y.eq(x).all(2), turned = y.eq(x.flip(2)).all(2);  // (B, C)
    EXPECT_TRUE(kept.logical_xor(turned).all().item<bool>());
    EXPECT_TRUE(turned.select(1, 0).equal(turned.select(1, 1)));
    EXPECT_NEAR(mean_of(turned), p, p == 0.3 ? 0.02 : 0.0);
  }
}

}  // namespace
}  // namespace autodidact::test
