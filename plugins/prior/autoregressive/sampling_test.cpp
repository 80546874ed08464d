// Samples: of the right distribution, the same however a set is cut, and steered by the parameters of the sample phase.
#include <torch/csrc/autograd/grad_mode.h>

#include <cmath>

#include "test_fixture.hpp"

namespace autodidact::autoregressive {
namespace {

struct SamplingTest : AutoregressiveTest {
  // Heads far from even, so that what is wrong shows.
  std::unique_ptr<Autoregressive> made_sharp(const Layout& layout) {
    auto prior = make(layout);
    prior->train(false);
    at::NoGradGuard no_grad;
    for (const Parameter& parameter : prior->parameters())
      if (parameter.name.starts_with("head.")) at::Tensor(parameter.tensor).mul_(3.0);
    return prior;
  }
  static at::Tensor codes_of(const at::Tensor& series) {  // their places in all_series
    return (series * at::tensor({72, 36, 18, 9, 3, 1}, at::kLong)).sum(1);
  }
};

TEST_F(SamplingTest, SeriesComeWithTheirLikelihood) {
  constexpr std::int64_t n = 8000;
  const auto prior = made_sharp(two_streams());
  for (const at::Tensor& label : {at::Tensor(), labels(n, 1)}) {
    const at::Tensor drawn = prior->sample(n, label, 0, sampling());
    const at::Tensor share = at::bincount(codes_of(drawn), {}, 144).to(at::kDouble) / static_cast<double>(n);
    const at::Tensor want =
        prior->log_likelihood(all_series(), label.defined() ? labels(144, 1) : label).to(at::kDouble).exp();
    EXPECT_GT(want.max().item<double>(), 0.03);  // uneven indeed: 1/144 is 0.007
    EXPECT_LT(((share - want).abs() / ((want / static_cast<double>(n)).sqrt() + 2e-5)).max().item<double>(), 4.5);
  }
}

TEST_F(SamplingTest, TemperatureZeroGrowsTheMostLikelyToken) {
  const auto prior = made_sharp(one_stream());
  const at::Tensor y = at::arange(9).remainder(kClasses), drawn = prior->sample(9, y, 0, sampling(0.0));
  EXPECT_TRUE(at::equal(drawn, prior->sample(9, y, 500, sampling(0.0))));  // no number decides
  EXPECT_TRUE(at::equal(drawn, prior->sample(9, y, 0, sampling(1.0, 1))));
  EXPECT_TRUE(at::equal(drawn, prior->sample(9, y, 0, sampling(1.0, 0, 0.0))));
  // No other last token is more likely.
  const at::Tensor best = prior->log_likelihood(drawn, y);
  for (std::int64_t k = 0; k < 5; ++k) {
    at::Tensor other = drawn.clone();
    other.select(1, 5).fill_(k);
    EXPECT_TRUE((prior->log_likelihood(other, y) <= best + 1e-5).all().item<bool>()) << k;
  }
}

TEST_F(SamplingTest, TopKAndNucleusLeaveOutTheUnlikely) {
  const auto prior = made_sharp(one_stream());
  constexpr std::int64_t n = 1000;
  const auto firsts = [&](const Params& how) { return at::bincount(prior->sample(n, {}, 0, how).select(1, 0), {}, 5); };
  EXPECT_EQ((firsts(sampling()) > 0).sum().item<std::int64_t>(), 5);
  EXPECT_EQ((firsts(sampling(1.0, 2)) > 0).sum().item<std::int64_t>(), 2);
  const at::Tensor few = firsts(sampling(1.0, 0, 0.5));
  EXPECT_LT((few > 0).sum().item<std::int64_t>(), 5);
  EXPECT_TRUE(at::equal(few.argmax(), firsts(sampling()).argmax()));
}

TEST_F(SamplingTest, ParametersHoldPerStream) {
  const auto prior = made_sharp(two_streams());
  const Params how({{"temperature", std::vector<double>{0.0, 1.0}},
                    {"top_k", std::vector<std::int64_t>{0}},
                    {"top_p", std::vector<double>{1.0}},
                    {"guidance_scale", std::vector<double>{1.0}}});
  const at::Tensor drawn = prior->sample(400, {}, 0, how);
  EXPECT_TRUE(at::equal(drawn.narrow(1, 0, 4), drawn.narrow(0, 0, 1).narrow(1, 0, 4).expand({400, 4})));
  EXPECT_GT(std::get<0>(at::_unique(drawn.select(1, 4))).numel(), 1);
}

// With guidance s the logits are none + s (class - none); in a series of one token they can be read from likelihoods.
TEST_F(SamplingTest, GuidanceMovesTheLogits) {
  constexpr std::int64_t n = 8000;
  const auto one = made_sharp({{.name = "all", .height = 1, .width = 1, .vocabulary = 5, .first = 0}});
  const at::Tensor codes = at::arange(5).unsqueeze(1);
  const at::Tensor with = one->log_likelihood(codes, labels(5, 2)), without = one->log_likelihood(codes, {});
  for (const double scale : {0.0, 1.0, 2.5}) {
    const at::Tensor want = at::softmax(without + scale * (with - without), 0);
    const at::Tensor drawn = one->sample(n, labels(n, 2), 0, sampling(1.0, 0, 1.0, scale)).squeeze(1);
    const at::Tensor share = at::bincount(drawn, {}, 5).to(at::kFloat) / static_cast<double>(n);
    EXPECT_LT((share - want).abs().max().item<double>(), 0.025) << scale;
  }
  EXPECT_GT((with.exp() - without.exp()).abs().max().item<double>(), 0.05);
}

TEST_F(SamplingTest, GuidanceOfOneIsTheConditionalNetwork) {
  const auto prior = made_sharp(one_stream());
  // Nearly 1 runs both halves, 1 runs the class alone.
  const at::Tensor y = at::arange(300).remainder(kClasses);
  EXPECT_TRUE(
      at::equal(prior->sample(300, y, 0, sampling(1.0, 0, 1.0, 1.0 + 1e-9)), prior->sample(300, y, 0, sampling())));
  EXPECT_TRUE(at::equal(prior->sample(300, {}, 0, sampling(1.0, 0, 1.0, 3.0)), prior->sample(300, {}, 0, sampling())));
}

TEST_F(SamplingTest, GuidanceOfOneStreamLeavesTheOtherAsItIs) {
  const auto prior = made_sharp(two_streams());
  const Params second({{"temperature", std::vector<double>{1.0}},
                       {"top_k", std::vector<std::int64_t>{0}},
                       {"top_p", std::vector<double>{1.0}},
                       {"guidance_scale", std::vector<double>{1.0, 4.0}}});
  const at::Tensor y = at::arange(600).remainder(kClasses);
  const at::Tensor guided = prior->sample(600, y, 0, second), plain = prior->sample(600, y, 0, sampling());
  EXPECT_TRUE(at::equal(guided.narrow(1, 0, 4), plain.narrow(1, 0, 4)));
  EXPECT_FALSE(at::equal(guided.narrow(1, 4, 2), plain.narrow(1, 4, 2)));
}

TEST_F(SamplingTest, FirstOfManySamplesAreTheFewWhateverTheBlocks) {
  const auto prior = made_sharp(two_streams());
  const at::Tensor y = at::arange(1000).remainder(kClasses);
  for (const Params& how : {sampling(), sampling(0.8, 0, 0.9, 2.0)}) {
    const at::Tensor many = prior->sample(1000, y, 0, how);
    EXPECT_TRUE(at::equal(many.narrow(0, 0, 100), prior->sample(100, y.narrow(0, 0, 100), 0, how)));
    std::vector<at::Tensor> blocks;
    for (std::int64_t first = 0; first < 1000; first += 125)
      blocks.push_back(prior->sample(125, y.narrow(0, first, 125), first, how));
    EXPECT_TRUE(at::equal(at::cat(blocks), many));
  }
}

TEST_F(SamplingTest, StopsOnRequest) {
  const auto prior = made_sharp(one_stream());
  host.stop = true;
  EXPECT_THROW(prior->sample(4, {}, 0, sampling()), std::runtime_error);
}

}  // namespace
}  // namespace autodidact::autoregressive
