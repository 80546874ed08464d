#include "maskgit.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "masking.hpp"
#include "test_support.hpp"

namespace autodidact::maskgit {
namespace {

TEST_F(MaskGitTest, LearnsTokensThatTheClassDecides) {
  const auto prior = make();
  prior->train(true);
  const auto losses = fit(*prior, 150);
  EXPECT_LT(losses.back(), 0.4 * losses.front());
  prior->train(false);
  const at::Tensor labels = at::arange(90).remainder(kClasses);
  const at::Tensor drawn = prior->sample(90, labels, 0, sampling());
  const at::Tensor want = labels.unsqueeze(1) + at::arange(kTokens).remainder(2);
  EXPECT_GT((drawn == want).to(at::kDouble).mean().item<double>(), 0.9);
  // Without a class all three kinds of series come up, each consistent in itself.
  const at::Tensor free = prior->sample(90, {}, 0, sampling({6}, {1.0}));
  const at::Tensor consistent = (free - at::arange(kTokens).remainder(2) == free.narrow(1, 0, 1)).all(1);
  EXPECT_GT(consistent.to(at::kDouble).mean().item<double>(), 0.6);
  EXPECT_GE(std::get<0>(at::_unique(free.select(1, 0))).numel(), 3);
}

TEST_F(MaskGitTest, FitStepNamesItsTermAndLogs) {
  const auto prior = make();
  const Loss loss = prior->fit_step(tokens, y, {});
  ASSERT_EQ(loss.terms.size(), 1u);
  EXPECT_EQ(loss.terms[0].first, "cross_entropy");
  EXPECT_TRUE(at::equal(loss.total, loss.terms[0].second));
  EXPECT_TRUE(loss.total.requires_grad());
  for (const auto& [name, value] : loss.logs) {
    EXPECT_FALSE(value.requires_grad()) << name;
    EXPECT_GE(value.item<double>(), 0.0) << name;
    EXPECT_LE(value.item<double>(), 1.0) << name;
  }
}

TEST_F(MaskGitTest, SmoothingAndConventionReachTheLoss) {
  const auto step = [&](const Values& changes) {
    host.seed = 3;
    Values values = changes;
    values["p_unconditional"] = 0.0;
    return make(values)->fit_step(tokens, y, {});
  };
  // Wholly smoothed, every code is the target alike: no code's own loss, and bounded by their mean.
  EXPECT_GT(step({{"label_smoothing", 1.0}}).total.item<double>(), std::log(kCodes));
  EXPECT_NE(step({{"label_smoothing", 0.5}}).total.item<double>(), step({}).total.item<double>());
  // cos(pi r / 2) of six tokens is masked on average in 64 %, kept in 64 % by the other convention.
  const auto share = [](const Loss& loss) { return loss.logs[1].second.item<double>(); };
  EXPECT_GT(share(step({})), 0.55);
  EXPECT_LT(share(step({{"mask_convention", std::string("keep")}})), 0.55);
}

TEST_F(MaskGitTest, LossIsTheMeanOverMaskedPositions) {
  // The generator is counted by the host of the test, so equal seeds give equal masks.
  const auto masked = make({{"p_unconditional", 0.0}}),
             all = make({{"p_unconditional", 0.0}, {"loss_on", std::string("all")}});
  host.seed = 3;
  const Loss of_masked = masked->fit_step(tokens, y, {});
  host.seed = 3;
  const Loss of_all = all->fit_step(tokens, y, {});
  EXPECT_NE(of_masked.total.item<double>(), of_all.total.item<double>());
  EXPECT_EQ(of_masked.logs[1].second.item<double>(), of_all.logs[1].second.item<double>());
  EXPECT_NEAR(of_masked.logs[0].second.item<double>(), of_all.logs[0].second.item<double>(), 1e-6);

  host.seed = 3;
  const at::Generator generator = host.generator(Purpose::mask);
  const at::Tensor mask = random_mask(draw_counts(60, kTokens, {}, generator), kTokens, generator);
  const at::Tensor rows = masked->masked_log_probs(tokens, mask, y)[0];
  const at::Tensor target = tokens.masked_select(mask).unsqueeze(1);
  EXPECT_NEAR(of_masked.total.item<double>(), -rows.gather(1, target).mean().item<double>(), 1e-5);
}

TEST_F(MaskGitTest, MaskedLogProbsAreNormalisedAndRowMajor) {
  const auto prior = make();
  prior->train(false);
  const at::Tensor mask = (at::arange(60 * kTokens).remainder(4) == 0).view({60, kTokens});
  const auto rows = prior->masked_log_probs(tokens, mask, y);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].sizes(), (std::vector<std::int64_t>{mask.sum().item<std::int64_t>(), kCodes}));
  EXPECT_TRUE(at::allclose(rows[0].exp().sum(1), at::ones({rows[0].size(0)})));
  // One series alone gives the same rows.
  const std::int64_t before = mask.narrow(0, 0, 7).sum().item<std::int64_t>();
  const auto one = prior->masked_log_probs(tokens.narrow(0, 7, 1), mask.narrow(0, 7, 1), y.narrow(0, 7, 1));
  EXPECT_TRUE(at::allclose(one[0], rows[0].narrow(0, before, one[0].size(0)), 1e-4, 1e-5));
  // What is masked is not seen.
  const auto other = prior->masked_log_probs(tokens.masked_fill(mask, 4), mask, y);
  EXPECT_TRUE(at::equal(other[0], rows[0]));
  EXPECT_EQ(prior->masked_log_probs(tokens, at::zeros_like(mask), y)[0].size(0), 0);
}

TEST_F(MaskGitTest, ClassDropoutActsInTrainingOnly) {
  const auto never = make({{"p_unconditional", 0.0}}), always = make({{"p_unconditional", 1.0}});
  const auto loss = [&](MaskGit& prior, const at::Tensor& labels) {
    host.seed = 9;
    return prior.fit_step(tokens, labels, {}).total.item<double>();
  };
  EXPECT_NE(loss(*never, y), loss(*always, y));
  EXPECT_EQ(loss(*always, y), loss(*never, {}));
  never->train(false);
  always->train(false);
  EXPECT_EQ(loss(*never, y), loss(*always, y));
  const at::Tensor mask = at::ones({60, kTokens}, at::kBool);
  EXPECT_TRUE(at::equal(never->masked_log_probs(tokens, mask, y)[0], always->masked_log_probs(tokens, mask, y)[0]));
  EXPECT_TRUE(at::equal(never->sample(30, y.narrow(0, 0, 30), 0, sampling()),
                        always->sample(30, y.narrow(0, 0, 30), 0, sampling())));
}

TEST_F(MaskGitTest, SeedAndWeightsDecideEverything) {
  const auto a = make(), b = make();
  host.seed = 5;
  at::manual_seed(1);
  const double first = a->fit_step(tokens, y, {}).total.item<double>();
  host.seed = 5;
  at::manual_seed(1);
  EXPECT_EQ(first, b->fit_step(tokens, y, {}).total.item<double>());
  EXPECT_TRUE(a->buffers().empty());
}

TEST_F(MaskGitTest, LearnsWithCodebookVectorsAsInput) {
  Context with = context();
  at::manual_seed(12);
  with.codebooks = {at::randn({kCodes, 12})};
  Values values = small_params();
  values["input"] = std::string("codebook");
  values["mask_ratio"] = std::string("batch");
  MaskGit prior(Params(values), with);
  prior.train(true);
  const auto losses = fit(prior, 150);
  EXPECT_LT(losses.back(), 0.4 * losses.front());
}

TEST_F(MaskGitTest, RefusesBadInput) {
  const auto prior = make();
  EXPECT_THROW(prior->fit_step(tokens.narrow(1, 0, 5), y, {}), DataError);
  EXPECT_THROW(prior->fit_step(tokens + 2, y, {}), DataError);  // the mask id is no token
  EXPECT_THROW(prior->fit_step(tokens, y + 1, {}), DataError);
  EXPECT_THROW(prior->fit_step(tokens, y.narrow(0, 0, 3), {}), DataError);
}

TEST_F(MaskGitTest, WorksWithoutClasses) {
  Context none = context();
  none.n_classes = std::nullopt;
  MaskGit prior(Params(small_params()), none);
  EXPECT_TRUE(std::isfinite(prior.fit_step(tokens, {}, {}).total.item<double>()));
  EXPECT_EQ(prior.sample(5, {}, 0, sampling()).size(0), 5);
  EXPECT_THROW(prior.sample(5, at::zeros({5}, at::kLong), 0, sampling()), DataError);
}

}  // namespace
}  // namespace autodidact::maskgit
