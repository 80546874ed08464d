// Tokens that know their position only, and what measures say of them.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "metrics/families.hpp"
#include "metrics/frechet.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
}

TEST(Unigram, KeepsEveryPositionAndForgetsTheSeries) {
  // Position t holds 10 t or 10 t + 1, the same choice along a series, one series in four the second.
  const at::Tensor second = at::arange(400, at::kLong).remainder(4).eq(0).to(at::kLong).unsqueeze(1);
  const at::Tensor train = second + 10 * at::arange(6, at::kLong);
  const at::Tensor drawn = unigram_tokens(train, 4000, 1) - 10 * at::arange(6, at::kLong);
  ASSERT_EQ(drawn.sizes(), (at::IntArrayRef{4000, 6}));
  EXPECT_TRUE(drawn.ge(0).logical_and(drawn.le(1)).all().item<bool>());
  const at::Tensor share = drawn.to(at::kDouble).mean(0);
  EXPECT_LT((share - 0.25).abs().max().item<double>(), 5 * std::sqrt(0.25 * 0.75 / 4000));
  // Two positions agree as often as independent ones do.
  const at::Tensor agree = drawn.select(1, 0).eq(drawn.select(1, 1)).to(at::kDouble).mean();
  EXPECT_NEAR(agree.item<double>(), 0.25 * 0.25 + 0.75 * 0.75, 0.04);
}

TEST(Unigram, TheSeedDecides) {
  const at::Tensor train = at::arange(60, at::kLong).view({10, 6});
  EXPECT_TRUE(unigram_tokens(train, 5, 1).equal(unigram_tokens(train, 5, 1)));
  EXPECT_FALSE(unigram_tokens(train, 5, 1).equal(unigram_tokens(train, 5, 2)));
}

TEST(Unigram, StandsBesideTheValueOfTheSamples) {
  Sets features{noise({40, 4}, 1), noise({50, 4}, 2), noise({60, 4}, 3)};
  const SetMeasure measure{{"fid_fcn"}, [](const at::Tensor& real, const at::Tensor& made) {
                             return std::vector<Outcome>{{frechet_distance(real, made)}};
                           }};
  const auto row = [&] {
    Report report(1);
    compare_sets(measure, features, floor_rows(features, 1, 2), report);
    return report.finish().front();
  };
  const Measurement without = row();
  EXPECT_TRUE(std::isnan(without.unigram));
  features.unigram = noise({70, 4}, 4) * 3;
  const Measurement with = row();
  EXPECT_DOUBLE_EQ(with.unigram, frechet_distance(features.test, features.unigram));
  EXPECT_DOUBLE_EQ(with.value, without.value);
  EXPECT_DOUBLE_EQ(with.floor, without.floor);
}

}  // namespace
}  // namespace autodidact
