#include "markov.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/transformer/test_host.hpp"

namespace autodidact::markov {
namespace {

using testing_support::TestHost;

// Two streams: 2 x 2 positions of 2 codes, then two positions of 3 codes: 144 series in all.
struct MarkovTest : testing::Test {
  TestHost host;
  Markov make(std::int64_t order, double smoothing = 1.0, std::optional<std::int64_t> classes = 2,
              std::int64_t n_train = 8, bool per_position = false) {
    Context context;
    context.host = &host;
    context.n_train = n_train;
    context.n_classes = classes;
    context.layout = {{.name = "lf", .height = 2, .width = 2, .vocabulary = 2, .first = 0},
                      {.name = "hf", .height = 1, .width = 2, .vocabulary = 3, .first = 4}};
    context.codebooks.resize(2);
    return Markov(Params({{"order", order}, {"smoothing", smoothing}, {"per_position", per_position}}), context);
  }
  at::Tensor tokens = at::tensor({0, 1, 0, 1, 2, 0,   //
                                  0, 1, 1, 1, 2, 2,   //
                                  1, 0, 0, 0, 0, 1,   //
                                  1, 0, 1, 0, 0, 1},  //
                                 at::kLong)
                          .view({4, 6});
  at::Tensor y = at::tensor({0, 0, 1, 1}, at::kLong);
  at::Tensor all =
      at::cartesian_prod({at::arange(2), at::arange(2), at::arange(2), at::arange(2), at::arange(3), at::arange(3)});

  static at::Tensor labels(std::int64_t n, std::int64_t c) { return at::full({n}, c, at::kLong); }
};

TEST_F(MarkovTest, LikelihoodIsTheProductCountedByHand) {
  Markov prior = make(1, 0.0);
  prior.fit(tokens, y);
  // Class 0, first stream: begins with 0; after 0: 1, 1, 1; after 1: 0, 1, 1. Second: begins with 2; after 2: 0, 2.
  EXPECT_NEAR(prior.log_likelihood(tokens, y)[0].item<double>(), std::log(1.0 * 1.0 * (1.0 / 3) * 1.0 * 1.0 * 0.5),
              1e-6);
  // All series, series 2 = (1, 0, 0, 0 | 0, 1): begins with 1 in half, after 1: 0 four of six; after 0: 0 two of six;
  // second stream begins with 0 in half, after 0: always 1.
  EXPECT_NEAR(prior.log_likelihood(tokens, {})[2].item<double>(),
              std::log(0.5 * (4.0 / 6) * (2.0 / 6) * (2.0 / 6) * 0.5 * 1.0), 1e-6);
  // In class 1 a series of the first stream never begins with 0.
  EXPECT_TRUE(std::isinf(prior.log_likelihood(tokens, labels(4, 1))[0].item<double>()));
}

TEST_F(MarkovTest, LikelihoodsOfAllSeriesSumToOne) {
  for (const bool per_position : {false, true})
    for (const std::int64_t order : {0, 1, 2, 3, 8})
      for (const double smoothing : {0.0, 0.5, 100.0}) {
        Markov prior = make(order, smoothing, 2, 8, per_position);
        prior.fit(tokens, y);
        for (const at::Tensor& label : {at::Tensor(), labels(144, 0), labels(144, 1)})
          EXPECT_NEAR(prior.log_likelihood(all, label).to(at::kDouble).exp().sum().item<double>(), 1.0, 1e-5)
              << order << " " << smoothing << " " << per_position;
      }
}

TEST_F(MarkovTest, NothingCrossesFromOneStreamToAnother) {
  Markov prior = make(3);
  prior.fit(tokens, y);
  // log p is a sum of a part of each stream, so changes in both add up.
  at::Tensor a = tokens.clone(), b = tokens.clone(), both = tokens.clone();
  a.select(1, 3).fill_(1).sub_(tokens.select(1, 3));
  b.select(1, 4).add_(1).remainder_(3);
  both.select(1, 3).copy_(a.select(1, 3));
  both.select(1, 4).copy_(b.select(1, 4));
  const auto score = [&](const at::Tensor& t) { return prior.log_likelihood(t, y).to(at::kDouble); };
  EXPECT_TRUE(at::allclose(score(both) - score(b), score(a) - score(tokens), 1e-5, 1e-5));
  EXPECT_FALSE(at::allclose(score(a), score(tokens), 1e-3, 1e-3));
}

// Sums over all series that agree with what is visible.
TEST_F(MarkovTest, MaskedLogProbsAreThoseOfEnumeration) {
  const at::Tensor series = at::cat({tokens, tokens}), label = at::cat({y, y});
  at::Tensor mask = (at::arange(48).square().remainder(7) < 3).view({8, 6});  // another pattern in each series
  mask[2].fill_(true);
  mask[5].fill_(false);
  const auto check = [&](Markov& prior, const at::Tensor& of) {
    const auto rows = prior.masked_log_probs()->masked_log_probs(series, mask, of);
    ASSERT_EQ(rows.size(), 2u);
    std::int64_t row[2] = {0, 0};
    for (std::int64_t b = 0; b < 8; ++b) {
      const at::Tensor own = of.defined() ? labels(144, of[b].item<std::int64_t>()) : of;
      const at::Tensor chance = prior.log_likelihood(all, own).to(at::kDouble).exp();
      const at::Tensor possible = chance * ((all == series[b]) | mask[b]).all(1).to(at::kDouble);
      for (std::int64_t i = 0; i < 6; ++i) {
        if (!mask[b][i].item<bool>()) continue;
        const std::size_t s = i < 4 ? 0 : 1;
        const at::Tensor got = rows[s][row[s]++].exp();
        for (std::int64_t k = 0; k < got.size(0); ++k) {
          const at::Tensor want = ((all.select(1, i) == k) * possible).sum() / possible.sum();
          EXPECT_NEAR(got[k].item<double>(), want.item<double>(), 1e-5) << "series " << b << ", position " << i;
        }
      }
    }
    EXPECT_EQ(row[0], rows[0].size(0));
    EXPECT_EQ(row[1], rows[1].size(0));
  };
  for (const bool per_position : {false, true})
    for (const std::int64_t order : {0, 1}) {
      Markov prior = make(order, 0.7, 2, 8, per_position);
      prior.fit(tokens, y);
      check(prior, {});
      check(prior, label);
    }
}

TEST_F(MarkovTest, LongerContextsOfferNoMaskedLogProbs) {
  EXPECT_NE(make(1).masked_log_probs(), nullptr);
  EXPECT_EQ(make(2).masked_log_probs(), nullptr);
  EXPECT_NE(make(2).exact_likelihood(), nullptr);
}

TEST_F(MarkovTest, WhatCannotOccurStillGetsProbabilities) {
  Markov prior = make(1, 0.0);
  prior.fit(tokens.narrow(0, 0, 1), {});  // 0, 1, 0, 1 only
  // Between 0 and 1 nothing can stand: the position is judged by the token before it alone.
  const at::Tensor impossible = at::tensor({0, 0, 1, 1, 2, 0}, at::kLong).view({1, 6});
  const at::Tensor mask = at::tensor({0, 1, 0, 0, 0, 0}).view({1, 6}).to(at::kBool);
  const auto rows = prior.masked_log_probs(impossible, mask, {});
  EXPECT_TRUE(at::allclose(rows[0].exp(), at::tensor({0.0f, 1.0f}).view({1, 2})));
  EXPECT_EQ(rows[1].sizes(), (std::vector<std::int64_t>{0, 3}));
}

TEST_F(MarkovTest, SamplesHaveTheProbabilitiesOfTheSeries) {
  constexpr std::int64_t n = 40000;
  for (const std::int64_t order : {1, 2}) {
    Markov prior = make(order);
    prior.fit(tokens, y);
    const at::Tensor place = at::tensor({72, 36, 18, 9, 3, 1}, at::kLong);  // of a series in `all`
    for (const at::Tensor& label : {at::Tensor(), labels(n, 1)}) {
      const at::Tensor drawn = prior.sample(n, label, 0, Params());
      const at::Tensor share = at::bincount((drawn * place).sum(1), {}, 144).to(at::kDouble) / static_cast<double>(n);
      const at::Tensor want = prior.log_likelihood(all, label.defined() ? labels(144, 1) : label).to(at::kDouble).exp();
      const at::Tensor deviation = (want / static_cast<double>(n)).sqrt();
      EXPECT_LT(((share - want).abs() / (deviation + 1e-5)).max().item<double>(), 4.5);
    }
  }
}

TEST_F(MarkovTest, WithoutSmoothingOnlySeenPairsAreDrawn) {
  Markov prior = make(1, 0.0);
  prior.fit(tokens, y);
  const at::Tensor drawn = prior.sample(2000, labels(2000, 0), 0, Params());
  EXPECT_TRUE((drawn.select(1, 0) == 0).all().item<bool>());
  EXPECT_TRUE((drawn.select(1, 4) == 2).all().item<bool>());
  EXPECT_TRUE((drawn.select(1, 1) == 1).all().item<bool>());
}

TEST_F(MarkovTest, FirstOfManySamplesAreTheFewWhateverTheBlocks) {
  Markov prior = make(2);
  prior.fit(tokens, y);
  const at::Tensor label = at::arange(1000).remainder(2);
  const at::Tensor many = prior.sample(1000, label, 0, Params());
  EXPECT_TRUE(at::equal(many.narrow(0, 0, 100), prior.sample(100, label.narrow(0, 0, 100), 0, Params())));
  EXPECT_TRUE(at::equal(many.narrow(0, 37, 64), prior.sample(64, label.narrow(0, 37, 64), 37, Params())));
}

TEST_F(MarkovTest, StateIsTheSeriesAndWhateverIsWrittenIntoItIsCounted) {
  Markov prior = make(1), copy = make(1);
  const auto buffers = prior.buffers();
  ASSERT_EQ(buffers.size(), 3u);
  EXPECT_EQ(buffers[0].tensor.sizes(), (std::vector<std::int64_t>{8, 6}));
  EXPECT_EQ(buffers[1].tensor.sizes(), (std::vector<std::int64_t>{8}));
  const at::Tensor untrained = copy.log_likelihood(tokens, y);  // counts what is there: nothing
  EXPECT_NEAR(untrained[0].item<double>(), -4 * std::log(2.0) - 2 * std::log(3.0), 1e-5);
  prior.fit(tokens, y);
  EXPECT_EQ(buffers[2].tensor.item<std::int64_t>(), 4);
  for (std::size_t i = 0; i < 3; ++i) copy.buffers()[i].tensor.copy_(buffers[i].tensor);
  EXPECT_TRUE(at::equal(copy.log_likelihood(tokens, y), prior.log_likelihood(tokens, y)));
  // Written past every counter of changes.
  copy.buffers()[0].tensor.data_ptr<std::int64_t>()[0] = 1;
  Markov other = make(1);
  at::Tensor changed = tokens.clone();
  changed[0][0] = 1;
  other.fit(changed, y);
  EXPECT_TRUE(at::equal(copy.log_likelihood(tokens, y), other.log_likelihood(tokens, y)));
  EXPECT_FALSE(at::equal(copy.log_likelihood(tokens, y), prior.log_likelihood(tokens, y)));
  // Fitting again replaces, and leaves no trace of what stood there.
  prior.fit(changed.narrow(0, 0, 2), y.narrow(0, 0, 2));
  other = make(1);
  other.fit(changed.narrow(0, 0, 2), y.narrow(0, 0, 2));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(at::equal(prior.buffers()[i].tensor, other.buffers()[i].tensor)) << i;
}

TEST_F(MarkovTest, WorksWithoutLabels) {
  Markov prior = make(1, 1.0, std::nullopt);
  prior.fit(tokens, {});
  EXPECT_NEAR(prior.log_likelihood(all, {}).to(at::kDouble).exp().sum().item<double>(), 1.0, 1e-5);
  EXPECT_THROW(prior.sample(4, y, 0, Params()), DataError);
  // A prior with classes but without labels counts for all series only; its classes know nothing.
  Markov unlabelled = make(1);
  unlabelled.fit(tokens, {});
  EXPECT_TRUE(at::equal(unlabelled.log_likelihood(tokens, {}), prior.log_likelihood(tokens, {})));
  EXPECT_NEAR(unlabelled.log_likelihood(tokens, y)[0].item<double>(), -4 * std::log(2.0) - 2 * std::log(3.0), 1e-5);
}

TEST_F(MarkovTest, BadInputIsNamed) {
  Markov prior = make(1);
  EXPECT_THROW(prior.fit(tokens.narrow(1, 0, 5), y), DataError);
  EXPECT_THROW(prior.fit(tokens.to(at::kInt), y), DataError);
  EXPECT_THROW(prior.fit(tokens + 2, y), DataError);
  EXPECT_THROW(prior.fit(tokens, y + 1), DataError);
  EXPECT_THROW(prior.fit(tokens, y.narrow(0, 0, 3)), DataError);
  EXPECT_THROW(make(1, 1.0, 2, 3).fit(tokens, y), DataError);  // more series than it was made for
  EXPECT_THROW(prior.log_likelihood(tokens - 1, y), DataError);
  EXPECT_THROW(prior.to(c10::Device("cuda:0")), ConfigError);
  prior.fit(tokens, y);
  prior.buffers()[0].tensor.fill_(7);  // a damaged record
  EXPECT_THROW(prior.log_likelihood(tokens, y), DataError);
  prior.fit(tokens, y);
  prior.buffers()[2].tensor.fill_(9);
  EXPECT_THROW(prior.log_likelihood(tokens, y), DataError);
  prior.fit(tokens, y);
  prior.buffers()[1].tensor.fill_(2);
  EXPECT_THROW(prior.log_likelihood(tokens, y), DataError);
  prior.fit(tokens, y);
  EXPECT_NO_THROW(prior.log_likelihood(tokens, y));
}

}  // namespace
}  // namespace autodidact::markov
