#include "data/corrupt.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>

namespace autodidact {
namespace {

Series made_up(std::int64_t n = 40, std::int64_t channels = 2, std::int64_t length = 30, std::uint64_t seed = 1) {
  at::Generator g = at::make_generator<at::CPUGeneratorImpl>(seed);
  return {at::randn({n, channels, length}, g, at::kFloat), at::arange(n, at::kLong).remainder(4)};
}

const Corruption& named(const std::string& name) {
  for (const Corruption& c : corruptions())
    if (c.name == name) return c;
  throw std::runtime_error(name);
}

Series spoilt(const std::string& name, double strength, std::uint64_t seed = 5) {
  return named(name).apply(made_up(), made_up(60, 2, 30, 2), strength, seed);
}

double changed_share(const Series& a, const Series& b) {
  return a.x.ne(b.x).flatten(1).any(1).to(at::kDouble).mean().item<double>();
}

TEST(Corrupt, EveryOneKeepsCountsIsSeededAndLeavesItsInputAlone) {
  for (const Corruption& c : corruptions()) {
    ASSERT_EQ(c.strengths.size(), 5u) << c.name;
    EXPECT_TRUE(std::is_sorted(c.strengths.begin(), c.strengths.end())) << c.name;
    for (const double strength : c.strengths) {
      const Series base = made_up(), train = made_up(60, 2, 30, 2);
      const Series first = c.apply(base, train, strength, 5), again = c.apply(base, train, strength, 5);
      EXPECT_EQ(first.x.sizes(), base.x.sizes()) << c.name;
      EXPECT_EQ(first.y.sizes(), base.y.sizes()) << c.name;
      EXPECT_TRUE(first.x.isfinite().all().item<bool>()) << c.name;
      EXPECT_TRUE(first.x.equal(again.x) && first.y.equal(again.y)) << c.name;
      EXPECT_TRUE(base.x.equal(made_up().x) && base.y.equal(made_up().y)) << c.name;
    }
  }
}

TEST(Corrupt, StrengthsMeanWhatTheySay) {
  const Series base = made_up();
  EXPECT_NEAR((spoilt("noise", 0.5).x - base.x).std().item<double>(), 0.5, 0.03);
  EXPECT_NEAR(changed_share(spoilt("constant", 0.25), base), 0.25, 1e-9);
  EXPECT_NEAR(changed_share(spoilt("train_copies", 0.5), base), 0.5, 1e-9);
  EXPECT_NEAR(spoilt("label_swap", 0.25).y.ne(base.y).to(at::kDouble).mean().item<double>(), 0.25, 1e-9);
  EXPECT_TRUE(spoilt("label_swap", 1).y.equal((base.y + 1).remainder(4)));
  EXPECT_TRUE(spoilt("amplitude", 0.5).x.allclose(1.5 * base.x));
  EXPECT_EQ(spoilt("class_missing", 1).y.eq(0).sum().item<std::int64_t>(), 0);
  EXPECT_EQ(spoilt("class_missing", 0.5).y.eq(0).sum().item<std::int64_t>(), 5);
  EXPECT_NEAR(spoilt("out_of_range", 0.1).x.abs().gt(base.x.abs().max()).to(at::kDouble).mean().item<double>(), 0.1,
              0.02);
  EXPECT_EQ(std::get<0>(at::unique_dim(spoilt("collapse", 8).x, 0)).size(0), 5);
  EXPECT_EQ(std::get<0>(at::unique_dim(spoilt("collapse", 1e9).x, 0)).size(0), 1);
}

TEST(Corrupt, ShufflesMoveValuesWithinTheirSeriesAndChannelsTogether) {
  const Series base = made_up();
  for (const char* name : {"time_shuffle", "segment_shuffle", "time_shift"}) {
    const Series moved = spoilt(name, named(name).strengths.back());
    EXPECT_FALSE(moved.x.equal(base.x)) << name;
    EXPECT_TRUE(std::get<0>(moved.x.sort(2)).equal(std::get<0>(base.x.sort(2)))) << name;
    // Both channels by one order: their products at each step stay together.
    const at::Tensor before = (base.x.select(1, 0) * base.x.select(1, 1)),
                     after = moved.x.select(1, 0) * moved.x.select(1, 1);
    EXPECT_TRUE(std::get<0>(after.sort(1)).equal(std::get<0>(before.sort(1)))) << name;
  }
  // Two segments can change places or stay; each keeps its own order.
  const at::Tensor one = spoilt("segment_shuffle", 2).x[0][0], was = base.x[0][0];
  EXPECT_TRUE(one.equal(was) || one.equal(at::cat({was.narrow(0, 15, 15), was.narrow(0, 0, 15)})));
}

TEST(Corrupt, SmoothingTakesTheMeanOfAWindow) {
  Series ramp{at::arange(9, at::kFloat).view({1, 1, 9}), at::zeros({1}, at::kLong)};
  ramp.x[0][0][4] = 10;
  const at::Tensor x = named("smoothing").apply(ramp, ramp, 3, 1).x;
  EXPECT_NEAR(x[0][0][4].item<double>(), (3 + 10 + 5) / 3.0, 1e-6);
  EXPECT_NEAR(x[0][0][0].item<double>(), (0 + 0 + 1) / 3.0, 1e-6);  // the edge is repeated
}

TEST(Corrupt, CopiesAreTrainingSeries) {
  const Series train = made_up(60, 2, 30, 2), all = spoilt("train_copies", 1);
  for (std::int64_t i = 0; i < all.x.size(0); ++i)
    EXPECT_TRUE((train.x == all.x[i]).flatten(1).all(1).any().item<bool>()) << i;
}

}  // namespace
}  // namespace autodidact
