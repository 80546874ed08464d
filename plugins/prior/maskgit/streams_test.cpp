#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <set>

#include "test_support.hpp"

namespace autodidact::maskgit {
namespace {

// Two streams: the first at random, of the second each token says what the first one's at its place is.
struct StreamsTest : MaskGitTest, testing::WithParamInterface<const char*> {
  static constexpr std::int64_t kSecond = 8, kSecondCodes = 7;

  Context context(int streams = 2) {
    Context out = MaskGitTest::context();
    out.layout[0].name = "lf";
    out.layout.push_back({.name = "hf", .height = 2, .width = 4, .vocabulary = kSecondCodes, .first = kTokens});
    if (streams == 3)
      out.layout.push_back({.name = "more", .height = 1, .width = 3, .vocabulary = 4, .first = kTokens + kSecond});
    out.codebooks.resize(out.layout.size());
    return out;
  }
  std::unique_ptr<MaskGit> make(Values changes = {}, int streams = 2) {
    changes.insert({{"network", std::string(GetParam())}, {"embedding", std::int64_t{16}}});
    return MaskGitTest::make(context(streams), changes);
  }
  static at::Tensor second_of(const at::Tensor& first) {
    const at::Tensor place = at::floor_divide(at::arange(kSecond) * kTokens, kSecond);
    return kSecondCodes - 1 - first.index_select(1, place);
  }
  static at::Tensor series(std::int64_t n) {
    const at::Tensor first = (at::rand({n, kTokens}) * kCodes).to(at::kLong);
    return at::cat({first, second_of(first)}, 1);
  }
};

TEST_P(StreamsTest, TheSecondLearnsWhatTheFirstDecides) {
  at::manual_seed(3);
  const at::Tensor all = series(60);
  const auto prior = make({{"dropout", 0.1}});
  prior->train(true);
  fit(*prior, all, 250);
  prior->train(false);
  const at::Tensor out = prior->sample(60, {}, 0, sampling({6}, {4.0, 0.0}));
  const at::Tensor hit = out.narrow(1, kTokens, kSecond) == second_of(out.narrow(1, 0, kTokens));
  EXPECT_GT(hit.to(at::kDouble).mean().item<double>(), 0.8);  // 1 / 7 by chance
}

TEST_P(StreamsTest, LossesAreSummedOrAveraged) {
  const at::Tensor all = series(60);
  const auto step = [&](const char* how) {
    host.seed = 4;
    at::manual_seed(5);
    return make({{"stream_loss", std::string(how)}})->fit_step(all, y, {});
  };
  const Loss sum = step("sum"), mean = step("mean");
  ASSERT_EQ(sum.terms.size(), 2u);
  EXPECT_EQ(sum.terms[0].first, "cross_entropy_lf");
  EXPECT_EQ(sum.terms[1].first, "cross_entropy_hf");
  double total = 0;
  for (std::size_t s = 0; s < 2; ++s) {
    const double term = sum.terms[s].second.item<double>();
    EXPECT_NEAR(mean.terms[s].second.item<double>(), term / 2, 1e-6);
    total += term;
  }
  EXPECT_NEAR(sum.total.item<double>(), total, 1e-5);
  EXPECT_NEAR(mean.total.item<double>(), total / 2, 1e-5);
  std::set<std::string> logs;
  for (const auto& [name, value] : sum.logs) logs.insert(name);
  EXPECT_EQ(logs,
            (std::set<std::string>{"masked_accuracy_hf", "masked_accuracy_lf", "masked_share_hf", "masked_share_lf"}));
}

TEST_P(StreamsTest, LaterStreamsAreConditionedOnTrueTokensOfEarlierOnes) {
  const auto prior = make();
  prior->train(false);
  at::manual_seed(6);
  const at::Tensor all = series(12), labels = y.narrow(0, 0, 12);
  const at::Tensor mask = at::rand({12, kTokens + kSecond}) < 0.5;
  const auto rows = prior->masked_log_probs(all, mask, labels);
  ASSERT_EQ(rows.size(), 2u);
  for (std::size_t s = 0; s < 2; ++s) {
    const Stream stream = context().layout[s];
    const std::int64_t hidden = mask.narrow(1, stream.first, stream.count()).sum().item<std::int64_t>();
    EXPECT_EQ(rows[s].sizes(), (std::vector<std::int64_t>{hidden, stream.vocabulary}));
    EXPECT_TRUE(at::allclose(rows[s].exp().sum(1), at::ones({hidden})));
  }
  // What is hidden of the first stream is still there for the second; the first knows nothing of the second.
  at::Tensor other_mask = mask.clone();
  other_mask.narrow(1, 0, kTokens).fill_(true);
  EXPECT_TRUE(at::equal(prior->masked_log_probs(all, other_mask, labels)[1], rows[1]));
  at::Tensor other = all.clone();
  other.narrow(1, 0, kTokens).copy_((all.narrow(1, 0, kTokens) + 1).remainder(kCodes));
  EXPECT_FALSE(at::allclose(prior->masked_log_probs(other, mask, labels)[1], rows[1], 1e-3, 1e-3));
  other = all.clone();
  other.narrow(1, kTokens, kSecond).fill_(0);
  EXPECT_TRUE(at::equal(prior->masked_log_probs(other, mask, labels)[0], rows[0]));
}

TEST_P(StreamsTest, TensorsAreNamedAfterTheirStream) {
  const auto prior = make();
  std::set<std::string> names;
  for (const Parameter& parameter : prior->parameters()) {
    EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
    EXPECT_TRUE(parameter.name.starts_with("lf.") || parameter.name.starts_with("hf.")) << parameter.name;
  }
  EXPECT_TRUE(names.count("lf.token_table"));
  EXPECT_TRUE(names.count("hf.condition0.table"));
  // BatchNorm in the condition path, which evaluation leaves alone.
  EXPECT_EQ(prior->buffers().size(), std::string(GetParam()) == "tvq24" ? 2u : 0u);
  prior->train(false);
  std::vector<at::Tensor> before;
  for (const Buffer& buffer : prior->buffers()) before.push_back(buffer.tensor.clone());
  prior->masked_log_probs(series(60), at::ones({60, kTokens + kSecond}, at::kBool), y);
  prior->sample(4, {}, 0, sampling());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(at::equal(prior->buffers()[i].tensor, before[i]));
}

TEST_P(StreamsTest, EveryParameterOfEveryStreamGetsAGradient) {
  for (const int streams : {2, 3}) {
    const auto prior = make({}, streams);
    const at::Tensor all = streams == 2 ? series(60) : at::cat({series(60), (at::rand({60, 3}) * 4).to(at::kLong)}, 1);
    prior->fit_step(all, y, {}).total.backward();
    for (const Parameter& parameter : prior->parameters()) {
      ASSERT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
      EXPECT_TRUE(parameter.tensor.grad().isfinite().all().item<bool>()) << parameter.name;
      // w = g sign(v) of a vector does not depend on the size of v.
      if (parameter.name.ends_with("up_gain.v")) continue;
      EXPECT_GT(parameter.tensor.grad().abs().max().item<double>(), 0.0) << parameter.name;
    }
    EXPECT_EQ(prior->sample(5, {}, 0, sampling()).size(1), all.size(1));
  }
}

TEST_P(StreamsTest, RefusesTokensOutsideTheirStreamsVocabulary) {
  const auto prior = make();
  at::Tensor all = series(60);
  EXPECT_NO_THROW(prior->fit_step(all, y, {}));
  all[3][kTokens] = kSecondCodes;
  EXPECT_THROW(prior->fit_step(all, y, {}), DataError);
  all[3][kTokens] = 0;
  all[3][0] = kCodes;  // a code of the second stream only
  EXPECT_THROW(prior->fit_step(all, y, {}), DataError);
}

INSTANTIATE_TEST_SUITE_P(Networks, StreamsTest, testing::Values("thesis", "tvq24"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace autodidact::maskgit
