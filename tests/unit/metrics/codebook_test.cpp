#include "metrics/codebook.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"
#include "metrics/families.hpp"

namespace autodidact {
namespace {

TEST(Codebook, EqualUseGivesThePerplexityOfTheVocabulary) {
  const CodeUsage found = code_usage(at::arange(64, at::kLong).remainder(8).view({8, 8}), 8);
  EXPECT_NEAR(found.perplexity, 8.0, 1e-7);
  EXPECT_EQ(found.usage, 1.0);
}

TEST(Codebook, OneCodeGivesOne) {
  const CodeUsage found = code_usage(at::zeros({5, 4}, at::kLong), 10);
  EXPECT_NEAR(found.perplexity, 1.0, 1e-8);
  EXPECT_NEAR(found.usage, 0.1, 1e-15);
}

TEST(Codebook, HandComputed) {
  const CodeUsage found = code_usage(at::tensor({0, 0, 0, 1}, at::kLong), 4);
  EXPECT_NEAR(found.perplexity, std::exp(-(0.75 * std::log(0.75) + 0.25 * std::log(0.25))), 1e-9);
  EXPECT_EQ(found.usage, 0.5);
}

TEST(Codebook, ATokenOutsideTheVocabularyIsAnError) {
  EXPECT_THROW(code_usage(at::tensor({0, 4}, at::kLong), 4), DataError);
  EXPECT_THROW(code_usage(at::tensor({0, -1}, at::kLong), 4), DataError);
}

TEST(Codebook, RedundancyByHand) {
  const at::Tensor codes = at::tensor({1.0, 0.0, 0.0, 1.0, 1.0, 1.0}, at::kDouble).view({3, 2});
  // cosines: 0, 1/sqrt 2, 1/sqrt 2; correlations: the first two are opposite, the third is constant
  EXPECT_NEAR(code_redundancy(codes).cosine, 2.0 / (3 * std::sqrt(2.0)), 1e-14);
  EXPECT_TRUE(std::isnan(code_redundancy(codes).pearson));
  EXPECT_NEAR(code_redundancy(codes.narrow(0, 0, 2)).pearson, 1.0, 1e-14);
}

TEST(Codebook, DegenerateCodebooksAreUndefined) {
  EXPECT_TRUE(std::isnan(code_redundancy(at::ones({4, 1})).pearson));
  EXPECT_TRUE(std::isnan(code_redundancy(at::ones({1, 4})).cosine));
  const at::Tensor zero_row = at::cat({at::zeros({1, 3}), at::rand({3, 3})});
  EXPECT_TRUE(std::isnan(code_redundancy(zero_row).cosine));
  EXPECT_TRUE(std::isnan(code_redundancy(at::full({3, 3}, NAN)).cosine));
}

TEST(Codebook, RowsOfTwoStreamsCarryTheirNamesAndTheirOwnColumns) {
  MeasureInput input;
  input.test_x = input.train_x = at::zeros({6, 1, 8});
  input.test_y = at::tensor({0, 0, 0, 1, 1, 1}, at::kLong);
  input.n_classes = 2;
  const at::Tensor low = at::zeros({6, 2}, at::kLong), high = at::arange(24, at::kLong).view({6, 4});
  input.tokens_train = input.tokens_test = at::cat({low, high}, 1);
  input.streams = {{"lf", 0, 2, 4, at::Tensor()}, {"hf", 2, 4, 24, at::rand({24, 5})}};
  Report report(1);
  measure_codebook(input, report);
  std::map<std::string, double> value;
  for (const Measurement& row : report.finish()) value[row.name] = row.value;
  EXPECT_NEAR(value.at("perplexity/lf"), 1, 1e-7);
  EXPECT_NEAR(value.at("perplexity/hf"), 24, 1e-6);
  EXPECT_NEAR(value.at("perplexity/hf/train"), 24, 1e-6);
  EXPECT_NEAR(value.at("dead_share/lf"), 0.75, 1e-15);
  EXPECT_NEAR(value.at("perplexity_by_class/hf"), 12, 1e-6);
  EXPECT_TRUE(value.count("code_cosine/hf") && !value.count("code_cosine/lf"));
}

}  // namespace
}  // namespace autodidact
