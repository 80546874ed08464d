#include "options.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_support.hpp"

namespace autodidact::maskgit {
namespace {

struct OptionsTest : MaskGitTest {
  Context two() {
    Context out = context();
    out.layout.push_back({.name = "hf", .height = 2, .width = 4, .vocabulary = 7, .first = 6});
    out.codebooks = {at::randn({kCodes, 12}), at::randn({7, 20})};
    return out;
  }
  // What is said against making the prior; "" if nothing.
  std::string message(const Context& in, const Values& changes) {
    try {
      make(in, changes);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }
  MaskGitOptions options(const Context& in, const Values& changes = {}) {
    Values values = small_params();
    for (const auto& [name, value] : changes) values[name] = value;
    return maskgit_options(Params(values), in);
  }
};

TEST_F(OptionsTest, TakesTheWidthOfTheCodebook) {
  Context with = context();
  EXPECT_EQ(options(with).networks[0].own.embedding, 64);
  with.codebooks = {at::randn({kCodes, 12})};
  EXPECT_EQ(options(with).networks[0].own.embedding, 12);
  EXPECT_TRUE(options(with).networks[0].own.codebook);
  const Values wider = {{"embedding", std::int64_t{20}}};
  EXPECT_EQ(options(with, wider).networks[0].own.embedding, 20);
  EXPECT_FALSE(options(with, wider).networks[0].own.codebook);  // it does not fit
  EXPECT_EQ(message(with, wider), "");
}

TEST_F(OptionsTest, TheNetworkOf2024StartsFromNoCodebook) {
  const auto o = options(two(), {{"network", std::string("tvq24")}});
  for (const NetworkOptions& network : o.networks) {
    EXPECT_EQ(network.own.embedding, 128);
    EXPECT_FALSE(network.own.codebook);
  }
  EXPECT_EQ(
      options(two(), {{"network", std::string("tvq24")}, {"embedding", std::int64_t{16}}}).networks[1].own.embedding,
      16);
}

TEST_F(OptionsTest, StreamsHaveTheirOwnSizesAndKnowTheEarlierOnes) {
  const auto o = options(two(), {{"hidden", Integers{32, 16}}, {"layers", Integers{3}}, {"heads", Integers{2, 1}}});
  ASSERT_EQ(o.networks.size(), 2u);
  EXPECT_TRUE(o.networks[0].earlier.empty());
  EXPECT_EQ(o.networks[0].hidden, 32);
  EXPECT_EQ(o.networks[1].hidden, 16);
  EXPECT_EQ(o.networks[1].layers, 3);
  EXPECT_EQ(o.networks[1].heads, 1);
  EXPECT_EQ(o.networks[1].own.tokens, 8);
  EXPECT_EQ(o.networks[1].own.embedding, 20);
  ASSERT_EQ(o.networks[1].earlier.size(), 1u);
  EXPECT_EQ(o.networks[1].earlier[0].tokens, 6);
  EXPECT_EQ(o.networks[1].earlier[0].codes, kCodes);
  EXPECT_EQ(o.networks[1].earlier[0].embedding, 12);
}

TEST_F(OptionsTest, WhatIsSetIsTaken) {
  const auto o = options(context(), {{"schedule", std::string("square")},
                                     {"mask_convention", std::string("keep")},
                                     {"mask_ratio", std::string("batch")},
                                     {"loss_on", std::string("all")},
                                     {"p_unconditional", 0.4},
                                     {"label_smoothing", 0.3},
                                     {"stream_loss", std::string("mean")},
                                     {"second_positions", false}});
  EXPECT_EQ(o.masking.schedule, Schedule::square);
  EXPECT_EQ(o.masking.convention, Convention::keep);
  EXPECT_EQ(o.masking.ratio, mask_ratio_named("batch"));
  EXPECT_TRUE(o.loss_on_all && o.mean_over_streams);
  EXPECT_EQ(o.p_unconditional, 0.4);
  EXPECT_EQ(o.label_smoothing, 0.3);
  EXPECT_FALSE(o.networks[0].second_positions);
  const auto count = [&](bool second) {
    std::int64_t n = 0;
    for (const Parameter& p : make({{"second_positions", second}})->parameters()) n += p.tensor.numel();
    return n;
  };
  EXPECT_GT(count(true), count(false));
  EXPECT_THAT(message(context(), {{"network", std::string("tvq24")}, {"second_positions", false}}),
              testing::HasSubstr("second_positions"));
}

TEST_F(OptionsTest, RefusesAListThatIsTooShort) {
  Context three = two();
  three.layout.push_back({.name = "more", .height = 1, .width = 2, .vocabulary = 3, .first = 14});
  EXPECT_THAT(message(three, {{"hidden", Integers{32, 16}}}), testing::HasSubstr("'hidden' lists 2 values"));
  EXPECT_EQ(message(three, {{"hidden", Integers{32, 16, 8}}}), "");
}

TEST_F(OptionsTest, RefusesCodebookInputWithoutAFittingCodebook) {
  Values values = {{"input", std::string("codebook")}};
  EXPECT_THAT(message(context(), values), testing::HasSubstr("use input = \"token\""));
  Context with = context();
  with.codebooks = {at::randn({kCodes, 12})};
  EXPECT_EQ(message(with, values), "");
  Context second = two();
  EXPECT_EQ(message(second, values), "");
  second.codebooks[1] = std::nullopt;
  EXPECT_THAT(message(second, values), testing::HasSubstr("stream 'hf' has none"));
  values["embedding"] = std::int64_t{20};
  EXPECT_THAT(message(with, values), testing::HasSubstr("leave embedding at 0"));
  EXPECT_THAT(message(two(), {{"input", std::string("codebook")}, {"network", std::string("tvq24")}}),
              testing::HasSubstr("network = \"thesis\""));
}

TEST_F(OptionsTest, RefusesAFeedForwardPartWithoutUnits) {
  EXPECT_THAT(message(context(), {{"network", std::string("tvq24")}, {"hidden", Integers{1}}}),
              testing::HasSubstr("set hidden to at least 2"));
}

}  // namespace
}  // namespace autodidact::maskgit
