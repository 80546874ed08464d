#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "guidance.hpp"
#include "test_support.hpp"

namespace autodidact::maskgit {
namespace {

// Both networks, one stream or two.
struct SamplingTest : MaskGitTest, testing::WithParamInterface<std::tuple<const char*, bool>> {
  Context context() {
    Context out = MaskGitTest::context();
    if (std::get<1>(GetParam())) {
      out.layout.push_back({.name = "hf", .height = 2, .width = 4, .vocabulary = 7, .first = kTokens});
      out.codebooks.push_back(std::nullopt);
    }
    return out;
  }
  std::unique_ptr<MaskGit> prior(double p_unconditional = 0.2) {
    auto out = make(context(), {{"network", std::string(std::get<0>(GetParam()))},
                                {"embedding", std::int64_t{16}},
                                {"p_unconditional", p_unconditional}});
    out->train(false);
    return out;
  }
  // A pass of the last stream, of which ids (60, N) are half masked, and what it is asked for.
  struct Question {
    std::unique_ptr<Pass> pass;
    at::Tensor ids, rows;
  };
  Question question(const MaskGit& of) {
    const bool two = std::get<1>(GetParam());
    const Network& network = of.network(two ? 1 : 0);
    const std::int64_t N = network.options().own.tokens, K = network.options().own.codes;
    const at::Tensor all = at::arange(60).unsqueeze(1).add(at::arange(N)).remainder(K);
    return {network.begin(two ? std::vector{tokens} : std::vector<at::Tensor>{}),
            all.masked_fill(at::arange(N) > N / 2, K), at::arange(60 * N)};
  }
};

TEST_P(SamplingTest, GuidanceOfOneIsTheConditionalNetworkBitForBit) {
  const auto p = prior();
  at::NoGradGuard no_grad;
  const Question q = question(*p);
  const auto guided = [&](double scale) {
    return guided_logits(*q.pass, {.classes = y, .none = kClasses, .conditional = true, .scale = scale}, q.ids, q.rows);
  };
  const at::Tensor with = q.pass->logits(q.ids, y, q.rows);
  const at::Tensor without = q.pass->logits(q.ids, at::full_like(y, kClasses), q.rows);
  EXPECT_FALSE(at::allclose(with, without, 1e-3, 1e-3));
  EXPECT_TRUE(at::equal(guided(1.0), with));
  EXPECT_TRUE(at::allclose(guided(1.0 + 1e-9), with, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(guided(0.0), without, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(guided(3.0), without + 3.0 * (with - without), 1e-4, 1e-4));
  const Guidance none{.classes = at::full_like(y, kClasses), .none = kClasses, .conditional = false, .scale = 3.0};
  EXPECT_TRUE(at::equal(guided_logits(*q.pass, none, q.ids, q.rows), without));
}

TEST_P(SamplingTest, ClassDropoutIsOffInEvaluation) {
  const auto never = prior(0.0), always = prior(1.0);
  const at::Tensor labels = y.narrow(0, 0, 30);
  EXPECT_TRUE(at::equal(never->sample(30, labels, 0, sampling()), always->sample(30, labels, 0, sampling())));
  const at::Tensor all = never->sample(60, y, 0, sampling()), mask = at::ones_like(all).to(at::kBool);
  const auto a = never->masked_log_probs(all, mask, y), b = always->masked_log_probs(all, mask, y);
  for (std::size_t s = 0; s < a.size(); ++s) EXPECT_TRUE(at::equal(a[s], b[s]));
}

TEST_P(SamplingTest, FirstOfManySamplesAreTheFewWhateverTheBlocks) {
  const auto p = prior();
  for (const double guidance : {1.0, 2.0}) {
    const at::Tensor labels = at::arange(240).remainder(kClasses);
    const Params how = sampling({6}, {4.0}, {guidance});
    const at::Tensor many = p->sample(240, labels, 0, how);
    EXPECT_TRUE(at::equal(many.narrow(0, 0, 100), p->sample(100, labels.narrow(0, 0, 100), 0, how)));
    std::vector<at::Tensor> blocks;
    for (std::int64_t first = 0; first < 240; first += 60)
      blocks.push_back(p->sample(60, labels.narrow(0, first, 60), first, how));
    EXPECT_TRUE(at::equal(at::cat(blocks), many));
    // Two series at a time take the way without the shared first step.
    EXPECT_TRUE(at::equal(p->sample(2, labels.narrow(0, 4, 2), 4, how), many.narrow(0, 4, 2)));
  }
  EXPECT_TRUE(at::equal(p->sample(50, {}, 0, sampling()), p->sample(100, {}, 0, sampling()).narrow(0, 0, 50)));
}

TEST_P(SamplingTest, DecodesInOneStep) {
  const auto p = prior();
  const at::Tensor out = p->sample(8, {}, 0, sampling({1}));
  for (const Stream& stream : context().layout) {
    const at::Tensor own = out.narrow(1, stream.first, stream.count());
    EXPECT_TRUE(((own >= 0) & (own < stream.vocabulary)).all().item<bool>());
  }
}

TEST_P(SamplingTest, SamplesFollowTheParametersOfTheirOwnStream) {
  const auto p = prior();
  const at::Tensor base = p->sample(40, {}, 0, sampling({6, 6}, {4.0, 4.0}, {1.0, 1.0}));
  EXPECT_TRUE(at::equal(base, p->sample(40, {}, 0, sampling())));
  const at::Tensor other = p->sample(40, {}, 0, sampling({6, 2}, {4.0, 0.0}));
  EXPECT_TRUE(at::equal(base.narrow(1, 0, kTokens), other.narrow(1, 0, kTokens)));  // the first stream as before
  if (!std::get<1>(GetParam())) return;
  EXPECT_FALSE(at::equal(base, other));
  const at::Tensor labels = y.narrow(0, 0, 40);
  const at::Tensor guided = p->sample(40, labels, 0, sampling({6}, {4.0}, {1.0, 5.0}));
  const at::Tensor plain = p->sample(40, labels, 0, sampling());
  EXPECT_TRUE(at::equal(guided.narrow(1, 0, kTokens), plain.narrow(1, 0, kTokens)));
  EXPECT_FALSE(at::equal(guided, plain));
}

INSTANTIATE_TEST_SUITE_P(Networks, SamplingTest, testing::Combine(testing::Values("thesis", "tvq24"), testing::Bool()),
                         [](const auto& of) {
                           return std::string(std::get<0>(of.param)) + (std::get<1>(of.param) ? "_two" : "_one");
                         });

TEST_F(MaskGitTest, DecodesOneToken) {
  Context one = context();
  one.layout[0].height = one.layout[0].width = 1;
  for (const std::string network : {"thesis", "tvq24"}) {
    const auto prior = make(one, {{"network", network}});
    prior->train(true);
    EXPECT_TRUE(std::isfinite(prior->fit_step(at::zeros({4, 1}, at::kLong), {}, {}).total.item<double>()));
    prior->train(false);
    EXPECT_EQ(prior->sample(8, {}, 0, sampling({10})).sizes(), (std::vector<std::int64_t>{8, 1}));
  }
}

}  // namespace
}  // namespace autodidact::maskgit
