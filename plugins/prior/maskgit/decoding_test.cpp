#include "decoding.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "common/transformer/test_host.hpp"
#include "masking.hpp"

namespace autodidact::maskgit {
namespace {

using testing_support::TestHost;

TEST(Schedule, CountsByHand) {
  // gamma(1/10) 40 = 39.507 masked after the first of ten steps, none after the last.
  EXPECT_EQ(masked_after_step(Schedule::cosine, 40, 10, 0), 39);
  EXPECT_EQ(masked_after_step(Schedule::cosine, 40, 10, 8), 6);
  EXPECT_EQ(masked_after_step(Schedule::cosine, 40, 10, 9), 0);
  EXPECT_EQ(masked_after_step(Schedule::linear, 30, 10, 6), 9);  // 30 (1 - 0.7) falls below 9 in floating point
  EXPECT_EQ(masked_after_step(Schedule::cosine, 1, 10, 0), 0);
  EXPECT_EQ(masked_after_step(Schedule::cubic, 5, 1, 0), 0);
}

TEST(Schedule, TrainingMasksAtLeastOneAndAtMostAll) {
  for (const Schedule schedule : {Schedule::cosine, Schedule::linear, Schedule::square, Schedule::cubic, Schedule::log})
    for (const Convention convention : {Convention::mask, Convention::keep})
      for (const std::int64_t tokens : {1, 2, 40})
        for (int i = 0; i <= 1000; ++i) {
          const std::int64_t n = masked_in_training(schedule, convention, tokens, i / 1000.0);
          EXPECT_GE(n, 1);
          EXPECT_LE(n, tokens);
        }
  EXPECT_EQ(masked_in_training(Schedule::cosine, Convention::mask, 40, 0.0), 40);
  EXPECT_EQ(masked_in_training(Schedule::cosine, Convention::mask, 40, 0.5), 29);  // ceil(28.28)
  EXPECT_EQ(masked_in_training(Schedule::cosine, Convention::keep, 40, 0.5), 12);  // 40 - 28
  EXPECT_EQ(masked_in_training(Schedule::cosine, Convention::keep, 40, 0.0), 1);
}

TEST(Schedule, LogarithmByHand) {
  EXPECT_EQ(gamma(Schedule::log, 0.25, 16), 0.5);  // -log2(1/4) / log2(16) = 2 / 4
  EXPECT_EQ(gamma(Schedule::log, 0.5, 16), 0.25);
  for (const double ratio : {0.0, 1.0 / 32, 1.0 / 16}) EXPECT_EQ(gamma(Schedule::log, ratio, 16), 1.0) << ratio;
  EXPECT_EQ(gamma(Schedule::log, 1.0, 16), 1e-6);
  EXPECT_EQ(gamma(Schedule::log, 1.0, 1), 1.0);
  EXPECT_EQ(masked_after_step(Schedule::log, 16, 4, 0), 8);
  EXPECT_EQ(masked_after_step(Schedule::log, 16, 4, 1), 4);
  EXPECT_EQ(masked_after_step(Schedule::log, 16, 4, 2), 1);  // 16 log2(4/3) / 4 = 1.66
  EXPECT_EQ(masked_after_step(Schedule::log, 16, 4, 3), 0);
}

TEST(Schedule, UnknownNamesAreRefused) {
  EXPECT_THROW(schedule_named("cosinus"), std::invalid_argument);
  EXPECT_THROW(convention_named("drop"), std::invalid_argument);
  EXPECT_THROW(mask_ratio_named("token"), std::invalid_argument);
}

TEST(RandomMask, HasExactCountsAndIsUniform) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(5);
  std::vector<std::int64_t> counts;
  for (std::int64_t b = 0; b < 4000; ++b) counts.push_back(1 + b % 10);
  const at::Tensor mask = random_mask(counts, 10, generator);
  EXPECT_TRUE(at::equal(mask.sum(1), at::tensor(counts, at::kLong)));
  // Each column is masked in 5.5 of 10 rows: standard deviation of the mean below 0.008.
  EXPECT_LT((mask.to(at::kDouble).mean(0) - 0.55).abs().max().item<double>(), 0.04);
}

TEST(RandomMask, RatiosGiveThePaperMeanShare) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(6);
  const auto share = [&](Convention convention) {
    double sum = 0;
    for (const std::int64_t n : draw_counts(20000, 100, {.convention = convention}, generator))
      sum += static_cast<double>(n);
    return sum / 20000 / 100;
  };
  EXPECT_NEAR(share(Convention::mask), 0.637, 0.015);  // 2 / pi, rounded up to whole tokens
  EXPECT_NEAR(share(Convention::keep), 0.363, 0.015);
}

TEST(RandomMask, OneRatioServesABatch) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(8);
  std::set<std::int64_t> seen;
  double sum = 0;
  for (int batch = 0; batch < 2000; ++batch) {
    const auto counts = draw_counts(5, 100, {.ratio = MaskRatio::batch}, generator);
    EXPECT_EQ(counts, std::vector<std::int64_t>(5, counts[0]));
    seen.insert(counts[0]);
    sum += static_cast<double>(counts[0]);
  }
  EXPECT_GT(seen.size(), 80u);
  EXPECT_NEAR(sum / 2000 / 100, 0.642, 0.02);  // 2 / pi, rounded up to whole tokens
}

TEST(Lowest, IsExactWithTiesByIndex) {
  const double inf = std::numeric_limits<double>::infinity();
  const at::Tensor scores = at::tensor({1.0, 0.0, 0.0, 0.0, inf, /**/ inf, -1.0, 2.0, -1.0, -inf}).view({2, 5});
  EXPECT_TRUE(at::equal(lowest(scores, 2), at::tensor({1, 2, /**/ 1, 4}, at::kLong).view({2, 2})));
  EXPECT_TRUE(at::equal(lowest(scores, 3), at::tensor({1, 2, 3, /**/ 1, 3, 4}, at::kLong).view({2, 3})));
  EXPECT_EQ(lowest(scores, 0).numel(), 0);
}

using LogitsAt = std::function<at::Tensor(const at::Tensor& ids, const at::Tensor& positions)>;
DrawAt from(const LogitsAt& logits) {
  return [logits](const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& uniform) {
    return transformer::draw_categorical(at::softmax(logits(ids, positions), -1), uniform);
  };
}

// Draws from logits that depend on place and code alone.
DrawAt fixed_logits(std::int64_t tokens, std::int64_t codes) {
  const at::Tensor table =
      at::randn({tokens, codes}, at::make_generator<at::CPUGeneratorImpl>(7), at::TensorOptions()) * 2;
  return from(
      [table](const at::Tensor&, const at::Tensor& positions) { return table.index_select(0, positions.view(-1)); });
}

TEST(Decode, MasksTheScheduleAndNeverMasksWhatIsKnown) {
  TestHost host;
  constexpr std::int64_t n = 17, codes = 6;
  for (const std::int64_t tokens : {1, 2, 13, 40})
    for (const std::int64_t steps : {1, 2, 10, 50})
      for (const double temperature : {0.0, 4.0}) {
        const DecodingOptions options{
            .tokens = tokens, .mask_id = codes, .steps = steps, .choice_temperature = temperature};
        at::Tensor before = at::full({n, tokens}, codes, at::kLong);
        const auto observe = [&](std::int64_t step, const at::Tensor& ids, const at::Tensor& positions) {
          const at::Tensor masked = ids == codes, want = at::zeros_like(masked).scatter_(1, positions, true);
          EXPECT_TRUE(at::equal(masked, want));
          EXPECT_TRUE((masked.sum(1) == masked_after_step(Schedule::cosine, tokens, steps, step)).all().item<bool>());
          EXPECT_TRUE(((before == codes) | (before == ids)).all().item<bool>()) << "a known token changed";
          before = ids.clone();
        };
        const at::Tensor out = decode(n, 0, options, host, fixed_logits(tokens, codes), observe);
        EXPECT_TRUE(at::equal(out, before));
        EXPECT_TRUE(((out >= 0) & (out < codes)).all().item<bool>());
      }
}

TEST(Decode, DrawsFromTheDistributionInOneStep) {
  TestHost host;
  const DecodingOptions options{.tokens = 1, .mask_id = 3, .steps = 1};
  const at::Tensor logits = at::log(at::tensor({0.2f, 0.5f, 0.3f}));
  const auto same = [&](const at::Tensor&, const at::Tensor& positions) {
    return logits.expand({positions.numel(), 3});
  };
  const at::Tensor out = decode(20000, 0, options, host, from(same));
  const double want[] = {0.2, 0.5, 0.3};
  for (std::int64_t k = 0; k < 3; ++k)
    EXPECT_NEAR((out == k).to(at::kDouble).mean().item<double>(), want[k], 0.012) << k;
}

TEST(Decode, WithoutNoiseTheMostConfidentTokensAreKeptFirst) {
  TestHost host;
  // Position 3 is nearly sure, the others are even.
  const auto logits = [](const at::Tensor&, const at::Tensor& positions) {
    const at::Tensor sure = (positions.view({-1, 1}) == 3).to(at::kFloat);
    return sure * at::tensor({20.0f, 0.0f, 0.0f, 0.0f});
  };
  const DecodingOptions options{
      .tokens = 8, .mask_id = 4, .steps = 8, .choice_temperature = 0.0, .schedule = Schedule::linear};
  std::vector<bool> known;
  decode(5, 0, options, host, from(logits), [&](std::int64_t, const at::Tensor& ids, const at::Tensor&) {
    known.push_back((ids.select(1, 3) != 4).all().item<bool>());
  });
  EXPECT_TRUE(known.front());
}

// ln(p + 1e-5) + temperature (1 - (t + 1) / T) g with g = -ln(-ln u), step by step, number by number.
TEST(Decode, ScoresAreLogProbabilitiesWithAnnealedGumbelNoise) {
  TestHost host;
  constexpr std::int64_t kSeries = 50, kN = 8, kT = 4;
  const DecodingOptions options{
      .tokens = kN, .mask_id = 3, .steps = kT, .choice_temperature = 1.5, .schedule = Schedule::linear, .stream = 1};
  // Small ones, where 1e-5 counts, beside large ones.
  const auto probability = [](std::int64_t position, std::int64_t step) {
    return position % 2 ? 0.02f * static_cast<float>(position + step) : 1e-6f * static_cast<float>(position + 1);
  };
  std::int64_t now = 0;
  const DrawAt draw = [&](const at::Tensor&, const at::Tensor& positions, const at::Tensor&) {
    at::Tensor p = at::empty({positions.numel()});
    for (std::int64_t i = 0; i < p.numel(); ++i) p[i] = probability(positions.view({-1})[i].item<std::int64_t>(), now);
    return transformer::Draw{at::zeros({positions.numel()}, at::kLong), p};
  };
  std::vector<std::vector<std::int64_t>> masked(kSeries, {0, 1, 2, 3, 4, 5, 6, 7});
  decode(kSeries, 20, options, host, draw, [&](std::int64_t step, const at::Tensor&, const at::Tensor& positions) {
    const at::Tensor u = host.uniform(20, kSeries, 1, step, 1, kN);
    for (std::int64_t i = 0; i < kSeries; ++i) {
      std::vector<std::pair<double, std::int64_t>> scores;
      for (const std::int64_t j : masked[static_cast<std::size_t>(i)]) {
        const double g = -std::log(-std::log(u[i][j].item<double>()));
        const double noise = 1.5 * (1.0 - static_cast<double>(step + 1) / kT) * g;
        scores.emplace_back(std::log(static_cast<double>(probability(j, step)) + 1e-5) + noise, j);
      }
      std::sort(scores.begin(), scores.end());
      std::vector<std::int64_t> lowest;
      for (std::int64_t k = 0; k < kN - 2 * (step + 1); ++k)
        lowest.push_back(scores[static_cast<std::size_t>(k)].second);
      std::sort(lowest.begin(), lowest.end());
      EXPECT_TRUE(positions[i].equal(at::tensor(lowest, at::kLong))) << "series " << i << ", step " << step;
      masked[static_cast<std::size_t>(i)] = lowest;
    }
    now = step + 1;
  });
  EXPECT_EQ(now, kT);
}

TEST(Decode, StopsOnRequest) {
  TestHost host;
  host.stop = true;
  EXPECT_THROW(decode(2, 0, {.tokens = 4, .mask_id = 6}, host, fixed_logits(4, 6)), std::runtime_error);
}

}  // namespace
}  // namespace autodidact::maskgit
