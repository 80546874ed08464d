// What holds for every kind of step and every built-in set.
#include "data/augment.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <chrono>
#include <cmath>
#include <map>

#include "autodidact/plugin/error.hpp"
#include "unit/data/augment_support.hpp"

namespace autodidact::test {
namespace {

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
        if (length > 3 && batch > 1) {
          EXPECT_FALSE(at::equal(y, augment(x, builtin_augmentation(name), c))) << name;
        }
      }
    }
  }
}

TEST(Augment, IdentityAtZeroStrength) {
  const std::map<std::string, Values> still = {
      {"window_warp", {{"scale_min", 1.0}, {"scale_max", 1.0}}},
      {"slice_shuffle", {{"segments", std::int64_t{1}}}},
      {"random_crop", {{"crop_ratio", 1.0}}},
      {"flip", {{"p", 0.0}}},
      {"amplitude_resize", {{"std", 0.0}}},
      {"uniform_resize", {{"rate", 0.0}}},
      {"vertical_shift", {{"rate", 0.0}}},
      {"sign_flip", {{"p", 0.0}}},
      {"slope", {{"rate", 0.0}}},
      {"magnitude_warp", {{"std", 0.0}}},
      {"gaussian_noise", {{"std", 0.0}}},
      {"jitter", {{"std", 0.0}}},
      {"window_jitter", {{"std", 0.0}}},
      {"stft_mask", {{"p", 0.0}}},
      {"stft_band_mask", {{"scale", 1.0}}},
      {"stft_phase", {{"std", 0.0}}},
      {"stft_noise", {{"std", 0.0}}},
  };
  for (const std::int64_t length : {65, 128, 5, 1}) {
    const at::Tensor x = noise({32, 2, length});
    for (const AugmentationKind& kind : augmentation_kinds()) {
      ASSERT_TRUE(still.count(kind.name)) << kind.name << " has no zero strength here";
      const at::Tensor y = changed(x, kind.name, still.at(kind.name));
      if (kind.name.starts_with("stft_"))
        EXPECT_LT(largest(y - x), 1e-5) << kind.name << " L " << length;
      else
        EXPECT_TRUE(at::equal(x, y)) << kind.name << " L " << length;
      EXPECT_NE(x.data_ptr(), y.data_ptr());
    }
  }
  at::Generator generator = seeded(1);
  const at::Tensor x = noise({2, 1, 8}), none = augment(x, {}, generator);
  EXPECT_TRUE(at::equal(x, none));
  EXPECT_NE(x.data_ptr(), none.data_ptr());
}

// Every parameter at the least, then at the greatest that a suite may write (1000 where there is no bound).
TEST(Augment, EndsOfTheRangesAreFinite) {
  const auto end_of = [](const ParamInfo& info, bool greatest) -> Value {
    const double bound = greatest ? info.max : info.min;
    const double value = std::isfinite(bound) ? bound : greatest ? 1000.0 : -1000.0;
    if (info.type == ParamType::integer) return static_cast<std::int64_t>(value);
    return value;
  };
  for (const AugmentationKind& kind : augmentation_kinds()) {
    for (const bool greatest : {false, true}) {
      Values params;
      for (const ParamInfo& info : kind.params) params[info.name] = end_of(info, greatest);
      for (const std::int64_t length : {1, 2, 7, 65}) {
        const at::Tensor x = noise({3, 2, length}), y = changed(x, kind.name, params);
        EXPECT_EQ(y.sizes(), x.sizes());
        EXPECT_TRUE(at::isfinite(y).all().item<bool>()) << kind.name << " L " << length << " greatest " << greatest;
      }
    }
  }
}

// Checks of other code run in float64.
TEST(Augment, KeepsTheTypeOfItsSeries) {
  for (const AugmentationKind& kind : augmentation_kinds())
    EXPECT_EQ(changed(noise({2, 1, 33}).to(at::kDouble), kind.name, {}).scalar_type(), at::kDouble) << kind.name;
}

TEST(Augment, StepsThatCannotBe) {
  const at::Tensor x = noise({2, 1, 8});
  EXPECT_THROW(changed(x, "turn", {}), ConfigError);
  EXPECT_THROW(changed(x, "window_warp", {{"scale_min", 3.0}}), ConfigError);
  EXPECT_THROW(changed(x, "stft_mask", {{"hop", std::int64_t{17}}}), ConfigError);
  EXPECT_THROW(changed(x[0], "jitter", {}), c10::Error);
}

// B = 128, L = 128 takes well under two milliseconds on one thread; the bound leaves room for a busy machine.
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
    EXPECT_LT(best, 10.0) << name;
  }
  at::set_num_threads(threads);
}

}  // namespace
}  // namespace autodidact::test
