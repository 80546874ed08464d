#include "unigram.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/transformer/test_host.hpp"

namespace autodidact::unigram {
namespace {

using testing_support::TestHost;

// Two streams: two positions of 3 codes, then one position of 2 codes.
struct UnigramTest : testing::Test {
  TestHost host;
  Unigram make(double smoothing, std::optional<std::int64_t> classes = 2) {
    Context context;
    context.host = &host;
    context.n_classes = classes;
    context.layout = {{.name = "lf", .height = 1, .width = 2, .vocabulary = 3, .first = 0},
                      {.name = "hf", .height = 1, .width = 1, .vocabulary = 2, .first = 2}};
    context.codebooks.resize(2);
    return Unigram(Params({{"smoothing", smoothing}}), context);
  }
  at::Tensor tokens = at::tensor({0, 1, 0, /**/ 0, 2, 1, /**/ 2, 1, 1, /**/ 0, 1, 1}, at::kLong).view({4, 3});
  at::Tensor y = at::tensor({0, 0, 1, 1}, at::kLong);
  at::Tensor one_mask = at::tensor({1, 0, 1}).view({1, 3}).to(at::kBool);
};

TEST_F(UnigramTest, FrequenciesAreThoseCountedByHand) {
  Unigram prior = make(1.0);
  prior.fit(tokens, y);
  // All series, first position: code 0 three times, code 2 once; (count + 1/3) / 5.
  auto rows = prior.masked_log_probs(tokens.narrow(0, 0, 1), one_mask, {});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(at::allclose(rows[0].exp(), at::tensor({10.0f / 15, 1.0f / 15, 4.0f / 15}).view({1, 3})));
  // Second stream: code 1 three of four; (count + 1/2) / 5.
  EXPECT_TRUE(at::allclose(rows[1].exp(), at::tensor({0.3f, 0.7f}).view({1, 2})));
  // Class 1, first position: codes 2 and 0 once each; (count + 1/3) / 3.
  rows = prior.masked_log_probs(tokens.narrow(0, 0, 1), one_mask, at::tensor({1}, at::kLong));
  EXPECT_TRUE(at::allclose(rows[0].exp(), at::tensor({4.0f / 9, 1.0f / 9, 4.0f / 9}).view({1, 3})));
}

TEST_F(UnigramTest, LikelihoodIsTheProductOverPositions) {
  Unigram prior = make(0.0);
  prior.fit(tokens, y);
  const at::Tensor got = prior.log_likelihood(tokens, {});
  // Series 0 is (0, 1, 0): 3/4 * 3/4 * 1/4.
  EXPECT_NEAR(got[0].item<double>(), std::log(0.75 * 0.75 * 0.25), 1e-6);
  const at::Tensor conditional = prior.log_likelihood(tokens, y);
  EXPECT_NEAR(conditional[0].item<double>(), std::log(1.0 * 0.5 * 0.5), 1e-6);
  EXPECT_TRUE(std::isinf(prior.log_likelihood(at::tensor({1, 1, 1}, at::kLong).view({1, 3}), {}).item<double>()));
}

TEST_F(UnigramTest, LikelihoodsOfAllSeriesSumToOne) {
  Unigram prior = make(1.0);
  prior.fit(tokens, y);
  const at::Tensor all = at::cartesian_prod({at::arange(3), at::arange(3), at::arange(2)});
  EXPECT_NEAR(prior.log_likelihood(all, {}).exp().sum().item<double>(), 1.0, 1e-6);
  EXPECT_NEAR(prior.log_likelihood(all, at::zeros({18}, at::kLong)).exp().sum().item<double>(), 1.0, 1e-6);
}

TEST_F(UnigramTest, RowsOfSeveralSeriesComeInRowMajorOrder) {
  Unigram prior = make(1.0);
  prior.fit(tokens, y);
  const at::Tensor mask = at::tensor({1, 1, 0, 0, 1, 1}).view({2, 3}).to(at::kBool);
  const auto rows = prior.masked_log_probs(tokens.narrow(0, 1, 2), mask, y.narrow(0, 1, 2));
  EXPECT_EQ(rows[0].sizes(), (std::vector<std::int64_t>{3, 3}));
  EXPECT_EQ(rows[1].sizes(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(at::allclose(rows[0].exp().sum(1), at::ones({3})));
  // Series 2 of class 1 at position 1: code 1 twice.
  EXPECT_TRUE(at::allclose(rows[0][2].exp(), at::tensor({1.0f / 9, 7.0f / 9, 1.0f / 9})));
}

TEST_F(UnigramTest, SamplesHaveTheFrequenciesAndNeverWhatWasNotSeen) {
  Unigram prior = make(0.0);
  prior.fit(tokens, y);
  const std::int64_t n = 20000;
  const at::Tensor free = prior.sample(n, {}, 0, Params());
  EXPECT_EQ(free.sizes(), (std::vector<std::int64_t>{n, 3}));
  EXPECT_NEAR((free.select(1, 0) == 0).to(at::kDouble).mean().item<double>(), 0.75, 0.015);
  EXPECT_EQ((free.select(1, 0) == 1).sum().item<std::int64_t>(), 0);
  EXPECT_NEAR((free.select(1, 2) == 1).to(at::kDouble).mean().item<double>(), 0.75, 0.015);
  const at::Tensor of_class = prior.sample(n, at::ones({n}, at::kLong), 0, Params());
  EXPECT_NEAR((of_class.select(1, 0) == 2).to(at::kDouble).mean().item<double>(), 0.5, 0.015);
  EXPECT_TRUE((of_class.select(1, 1) == 1).all().item<bool>());
}

TEST_F(UnigramTest, FirstOfManySamplesAreTheFewWhateverTheBlocks) {
  Unigram prior = make(1.0);
  prior.fit(tokens, y);
  const at::Tensor labels = at::arange(1000).remainder(2);
  const at::Tensor many = prior.sample(1000, labels, 0, Params());
  EXPECT_TRUE(at::equal(many.narrow(0, 0, 100), prior.sample(100, labels.narrow(0, 0, 100), 0, Params())));
  EXPECT_TRUE(at::equal(many.narrow(0, 37, 64), prior.sample(64, labels.narrow(0, 37, 64), 37, Params())));
}

TEST_F(UnigramTest, StateIsTheCountsAndFittingAgainReplacesThem) {
  Unigram prior = make(1.0);
  auto buffers = prior.buffers();
  ASSERT_EQ(buffers.size(), 2u);
  EXPECT_EQ(buffers[0].name, "counts.lf");
  prior.fit(tokens, y);
  const at::Tensor before = buffers[0].tensor.clone();
  EXPECT_EQ(before.sizes(), (std::vector<std::int64_t>{3, 2, 3}));
  EXPECT_TRUE(at::equal(before[2], before[0] + before[1]));
  prior.fit(tokens, y);
  EXPECT_TRUE(at::equal(buffers[0].tensor, before));
  Unigram copy = make(1.0);
  for (std::size_t i = 0; i < 2; ++i) copy.buffers()[i].tensor.copy_(buffers[i].tensor);
  EXPECT_TRUE(at::equal(copy.log_likelihood(tokens, y), prior.log_likelihood(tokens, y)));
}

TEST_F(UnigramTest, WorksWithoutLabelsAndUntrained) {
  Unigram prior = make(0.0, std::nullopt);
  EXPECT_TRUE(
      at::allclose(prior.masked_log_probs(tokens.narrow(0, 0, 1), one_mask, {})[0].exp(), at::full({1, 3}, 1.0 / 3)));
  prior.fit(tokens, {});
  EXPECT_NEAR(prior.log_likelihood(tokens, {})[0].item<double>(), std::log(0.75 * 0.75 * 0.25), 1e-6);
  EXPECT_THROW(prior.sample(4, y, 0, Params()), DataError);
}

TEST_F(UnigramTest, BadTokensAreNamed) {
  Unigram prior = make(1.0);
  EXPECT_THROW(prior.fit(tokens.narrow(1, 0, 2), y), DataError);
  EXPECT_THROW(prior.fit(tokens + 2, y), DataError);
  EXPECT_THROW(prior.fit(tokens, y + 1), DataError);
}

}  // namespace
}  // namespace autodidact::unigram
