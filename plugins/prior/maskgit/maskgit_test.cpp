#include "maskgit.hpp"
#include "masking.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/grad_mode.h>

#include "common/transformer/test_host.hpp"

namespace autodidact::maskgit {
namespace {

using testing_support::TestHost;
using Values = std::map<std::string, ParamValue>;

Values small_params() {
  return {{"hidden", std::int64_t{32}}, {"layers", std::int64_t{2}},          {"heads", std::int64_t{2}},
          {"ff_mult", std::int64_t{1}}, {"embedding", std::int64_t{0}},       {"second_positions", true},
          {"input", std::string("token")}, {"mask_ratio", std::string("series")},
          {"p_unconditional", 0.2},     {"schedule", std::string("cosine")},  {"mask_convention", std::string("mask")},
          {"loss_on", std::string("masked")}, {"label_smoothing", 0.0},       {"dropout", 0.0}};
}
Params sampling(std::int64_t steps = 6, double temperature = 4.0, double guidance = 1.0) {
  return Params({{"steps", std::vector<std::int64_t>{steps}},
                 {"choice_temperature", std::vector<double>{temperature}},
                 {"guidance_scale", std::vector<double>{guidance}}});
}

struct MaskGitTest : testing::Test {
  static constexpr std::int64_t kTokens = 6, kCodes = 5, kClasses = 3;
  TestHost host;

  void SetUp() override { at::set_num_threads(1); }  // tiny products: threads only wait for each other

  Context context() {
    Context out;
    out.host = &host;
    out.n_classes = kClasses;
    out.layout = {{.name = "all", .height = 2, .width = 3, .vocabulary = kCodes, .first = 0}};
    out.codebooks = {std::nullopt};
    return out;
  }
  // Equal weights whatever the parameters are.
  std::unique_ptr<MaskGit> make(const Values& changes = {}) {
    Values values = small_params();
    for (const auto& [name, value] : changes) values[name] = value;
    at::manual_seed(11);
    return std::make_unique<MaskGit>(Params(values), context());
  }
  // Series of class c hold the codes c, c + 1, c, c + 1, ...
  at::Tensor y = at::arange(60).remainder(kClasses);
  at::Tensor tokens = y.unsqueeze(1) + at::arange(kTokens).remainder(2);

  // AdamW as in the protocol; returns the losses.
  std::vector<double> fit(MaskGit& prior, int steps) {
    std::vector<at::Tensor> weights, first, second, counts;
    for (const Parameter& parameter : prior.parameters()) {
      weights.push_back(parameter.tensor);
      first.push_back(at::zeros_like(parameter.tensor));
      second.push_back(at::zeros_like(parameter.tensor));
      counts.push_back(at::zeros({}));
    }
    std::vector<double> losses;
    for (int step = 0; step < steps; ++step) {
      at::manual_seed(static_cast<std::uint64_t>(step));
      const Loss loss = prior.fit_step(tokens, y, {});
      loss.total.backward();
      at::NoGradGuard no_grad;
      std::vector<at::Tensor> grads;
      for (const at::Tensor& weight : weights) grads.push_back(weight.grad());
      for (at::Tensor& count : counts) count.add_(1);
      at::_fused_adamw_(weights, grads, first, second, {}, counts, 3e-3, 0.9, 0.999, 1e-3, 1e-8, false, false);
      for (at::Tensor& weight : weights) weight.mutable_grad().reset();
      losses.push_back(loss.total.item<double>());
    }
    return losses;
  }
};

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
  const at::Tensor free = prior->sample(90, {}, 0, sampling(6, 1.0));
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

TEST_F(MaskGitTest, LossIsTheMeanOverMaskedPositions) {
  // The generator is counted by the host of the test, so equal seeds give equal masks.
  const auto masked = make({{"p_unconditional", 0.0}}), all = make({{"p_unconditional", 0.0},
                                                                     {"loss_on", std::string("all")}});
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

TEST_F(MaskGitTest, GuidanceOfOneIsTheConditionalNetwork) {
  const auto prior = make();
  prior->train(false);
  at::NoGradGuard no_grad;
  const at::Tensor ids = tokens.masked_fill(at::arange(kTokens) > 2, kCodes);
  const at::Tensor rows = at::arange(60 * kTokens);
  const at::Tensor with = prior->guided_logits(ids, y, rows, 1.0), without = prior->guided_logits(ids, {}, rows, 1.0);
  EXPECT_TRUE(at::allclose(prior->guided_logits(ids, y, rows, 1.0 + 1e-9), with, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(prior->guided_logits(ids, y, rows, 0.0), without, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(prior->guided_logits(ids, y, rows, 3.0), without + 3.0 * (with - without), 1e-4, 1e-4));
  EXPECT_TRUE(at::equal(prior->guided_logits(ids, {}, rows, 3.0), without));
}

TEST_F(MaskGitTest, FirstOfManySamplesAreTheFewWhateverTheBlocks) {
  const auto prior = make();
  prior->train(false);
  for (const double guidance : {1.0, 2.0}) {
    const at::Tensor labels = at::arange(1000).remainder(kClasses);
    const Params how = sampling(6, 4.0, guidance);
    const at::Tensor many = prior->sample(1000, labels, 0, how);
    EXPECT_TRUE(at::equal(many.narrow(0, 0, 100), prior->sample(100, labels.narrow(0, 0, 100), 0, how)));
    std::vector<at::Tensor> blocks;
    for (std::int64_t first = 0; first < 1000; first += 125)
      blocks.push_back(prior->sample(125, labels.narrow(0, first, 125), first, how));
    EXPECT_TRUE(at::equal(at::cat(blocks), many));
    // Two series at a time take the way without the shared first step.
    EXPECT_TRUE(at::equal(prior->sample(2, labels.narrow(0, 4, 2), 4, how), many.narrow(0, 4, 2)));
  }
  EXPECT_TRUE(at::equal(prior->sample(50, {}, 0, sampling()), prior->sample(100, {}, 0, sampling()).narrow(0, 0, 50)));
}

TEST_F(MaskGitTest, DecodesInOneStepAndOneToken) {
  Context one = context();
  one.layout[0].height = one.layout[0].width = 1;
  at::manual_seed(1);
  MaskGit prior(Params(small_params()), one);
  prior.train(true);
  EXPECT_TRUE(std::isfinite(prior.fit_step(at::zeros({4, 1}, at::kLong), {}, {}).total.item<double>()));
  EXPECT_EQ(prior.sample(8, {}, 0, sampling(10)).sizes(), (std::vector<std::int64_t>{8, 1}));
  const auto all_at_once = make();
  const at::Tensor out = all_at_once->sample(8, {}, 0, sampling(1));
  EXPECT_TRUE(((out >= 0) & (out < kCodes)).all().item<bool>());
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

TEST_F(MaskGitTest, TakesTheWidthOfTheCodebook) {
  Context with = context();
  with.codebooks = {at::randn({kCodes, 12})};
  const MaskGit prior(Params(small_params()), with);
  EXPECT_EQ(maskgit_options(Params(small_params()), with).network.embedding, 12);
  Values wider = small_params();
  wider["embedding"] = std::int64_t{20};
  EXPECT_EQ(maskgit_options(Params(wider), with).network.embedding, 20);
  MaskGit(Params(wider), with);  // the codebook does not fit and is left out
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

TEST_F(MaskGitTest, RefusesCodebookInputWithoutAFittingCodebook) {
  Values values = small_params();
  values["input"] = std::string("codebook");
  const auto message = [&](const Context& in) {
    try {
      MaskGit(Params(values), in);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message(context()), testing::HasSubstr("use input = \"token\""));
  Context with = context();
  with.codebooks = {at::randn({kCodes, 12})};
  EXPECT_EQ(message(with), "");
  values["embedding"] = std::int64_t{20};
  EXPECT_THAT(message(with), testing::HasSubstr("leave embedding at 0"));
}

TEST_F(MaskGitTest, RefusesSeveralStreamsAndBadInput) {
  Context two = context();
  two.layout.push_back({.name = "hf", .height = 1, .width = 4, .vocabulary = 5, .first = 6});
  EXPECT_THROW(MaskGit(Params(small_params()), two), ConfigError);
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
