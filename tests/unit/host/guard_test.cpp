// The guard around objects of this process; plugins with faults are in tests/bad_plugins.
#include "host/guard.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "host/open.hpp"

namespace autodidact {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class Error>
std::string error(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

Layout two() {
  return {{.name = "lf", .height = 1, .width = 2, .channels = 3, .vocabulary = 4, .first = 0},
          {.name = "hf", .height = 2, .width = 2, .channels = 3, .vocabulary = 5, .first = 2}};
}

TEST(Layout, Faults) {
  EXPECT_EQ(layout_fault(two()), "");
  EXPECT_THAT(layout_fault({}), HasSubstr("no stream"));
  const auto spoiled = [](const std::function<void(Layout&)>& spoil) {
    Layout layout = two();
    spoil(layout);
    return layout_fault(layout);
  };
  EXPECT_THAT(spoiled([](Layout& l) { l[1].first = 1; }), HasSubstr("overlap"));
  EXPECT_THAT(spoiled([](Layout& l) { l[1].first = 3; }), HasSubstr("gap"));
  EXPECT_THAT(spoiled([](Layout& l) { l[1].name = "lf"; }), HasSubstr("names"));
  EXPECT_THAT(spoiled([](Layout& l) { l[0].height = 0; }), HasSubstr("grid"));
  EXPECT_THAT(spoiled([](Layout& l) { l[0].vocabulary = 1; }), HasSubstr("vocabulary"));
  EXPECT_EQ(token_fault(at::tensor({0, 3, 4, 0, 0, 4}, at::kLong).view({1, 6}), two()), "");
  EXPECT_THAT(token_fault(at::tensor({0, 4, 4, 0, 0, 4}, at::kLong).view({1, 6}), two()), HasSubstr("'lf'"));
  EXPECT_THAT(token_fault(at::tensor({0, 3, 4, 0, 0, -1}, at::kLong).view({1, 6}), two()), HasSubstr("from -1"));
}

TEST(Finite, FindsEverySpoiledValue) {
  for (const std::int64_t n : {1, 7, 64, 1000}) {
    const at::Tensor t = at::randn({n});
    EXPECT_TRUE(all_finite(t));
    for (const float bad : {NAN, INFINITY, -INFINITY}) {
      at::Tensor spoiled = t.clone();
      spoiled[n - 1] = bad;
      EXPECT_FALSE(all_finite(spoiled));
      EXPECT_FALSE(all_finite(at::stack({t, spoiled}, 1)));
    }
  }
  EXPECT_TRUE(all_finite(at::full({3}, 3.4e38f)));
  EXPECT_TRUE(all_finite(at::empty({0})));
}

TEST(Guard, ErrorsBecomeOneLineOfText) {
  const Guard guard{"prior/p"};
  EXPECT_EQ(error<PluginError>([&] { guard.run("fit", []() -> int { throw std::runtime_error("first\nsecond\n"); }); }),
            "prior/p: fit: first second");
  EXPECT_EQ(error<PluginError>([&] { guard.run("fit", []() -> int { throw std::bad_alloc(); }); }),
            "prior/p: fit: out of memory");
  EXPECT_THAT(error<PluginError>([&] { guard.run("fit", []() -> int { throw 3; }); }),
              HasSubstr("not a std::exception"));
  const std::string torch = error<PluginError>([&] {
    guard.run("fit", [] { return at::ones({2}).matmul(at::ones({3, 3})); });
  });
  EXPECT_THAT(torch,
              AllOf(HasSubstr("prior/p: fit: "), testing::Not(HasSubstr("\n")), testing::Not(HasSubstr("frame #"))));
  EXPECT_EQ(guard.run("fit", [] { return 5; }), 5);
}

TEST(Guard, LossesAreChecked) {
  const Guard guard{"objective/o"};
  Scalars logs = {{"l", at::ones({}).requires_grad_()}};
  check_loss(guard, "loss", at::ones({}), {{"t", at::ones({})}}, logs);
  EXPECT_FALSE(logs[0].second.requires_grad());
  EXPECT_THAT(error<PluginError>([&] { check_loss(guard, "loss", at::Tensor(), {}, logs); }), HasSubstr("undefined"));
  EXPECT_THAT(error<PluginError>([&] { check_loss(guard, "loss", at::ones({1}), {}, logs); }),
              HasSubstr("float32 (1)"));
  EXPECT_THAT(error<PluginError>([&] { check_loss(guard, "loss", at::ones({}, at::kDouble), {}, logs); }),
              HasSubstr("float64"));
  EXPECT_THAT(error<PluginError>([&] {
                check_loss(guard, "loss", at::ones({}), {{"t", at::ones({2})}}, logs);
              }),
              HasSubstr("term 't'"));
  EXPECT_THAT(error<Diverged>([&] {
                check_loss(guard, "loss", at::full({}, INFINITY), {{"t", at::full({}, NAN)}}, logs);
              }),
              AllOf(HasSubstr("total is inf"), HasSubstr("t nan")));
}

TEST(Guard, StateIsChecked) {
  const Guard guard{"tokenizer/t"};
  const at::Tensor leaf = at::ones({2}).requires_grad_();
  check_state(guard, {{"w", leaf}},
              {{"b", at::ones({2})}, {"n", at::ones({}, at::kLong)}, {"m", at::ones({1}, at::kBool)}});
  const auto fault = [&](std::vector<Parameter> p, std::vector<Buffer> b) {
    return error<PluginError>([&] { check_state(guard, p, b); });
  };
  EXPECT_THAT(fault({{"w", leaf}}, {{"w", at::ones({2})}}), HasSubstr("unique"));
  EXPECT_THAT(fault({{"w", leaf}, {"v", leaf}}, {}), HasSubstr("each tensor once"));
  EXPECT_THAT(fault({{"w", at::ones({2})}}, {}), HasSubstr("leaf that requires a gradient"));
  EXPECT_THAT(fault({{"w", leaf * 2}}, {}), HasSubstr("leaf that requires a gradient"));
  EXPECT_THAT(fault({{"w", leaf, -1.0}}, {}), HasSubstr("lr_scale"));
  EXPECT_THAT(fault({}, {{"b", at::ones({2}, at::kDouble)}}), HasSubstr("float64"));
  EXPECT_THAT(fault({}, {{"b", at::Tensor()}}), HasSubstr("undefined"));
}

// A prior whose answers a test sets.
struct Answers : Prior, MaskedLogProbs, ExactLikelihood {
  at::Tensor tokens, nats;
  std::vector<at::Tensor> rows;
  at::Tensor sample(std::int64_t, const at::Tensor&, std::int64_t, const Params&) override { return tokens; }
  MaskedLogProbs* masked_log_probs() override { return this; }
  ExactLikelihood* exact_likelihood() override { return this; }
  std::vector<at::Tensor> masked_log_probs(const at::Tensor&, const at::Tensor&, const at::Tensor&) override {
    return rows;
  }
  at::Tensor log_likelihood(const at::Tensor&, const at::Tensor&) override { return nats; }
  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}
};

class GuardedAnswers : public testing::Test {
 protected:
  GuardedAnswers() {
    context_.layout = two();
    context_.n_classes = 3;
    auto inner = std::make_unique<Answers>();
    inner_ = inner.get();
    prior_ = guard_prior(std::move(inner), {"prior/p"}, context_, {});
  }
  Context context_;
  Answers* inner_;
  std::unique_ptr<Prior> prior_;
  at::Tensor good_ = at::zeros({2, 6}, at::kLong);
};

TEST_F(GuardedAnswers, Samples) {
  inner_->tokens = good_;
  const at::Tensor got = prior_->sample(2, {}, 0, {});
  EXPECT_TRUE(at::equal(got, good_));
  EXPECT_NE(got.data_ptr(), good_.data_ptr());  // the host keeps a copy
  EXPECT_THAT(error<std::invalid_argument>([&] { prior_->sample(2, at::zeros({2}, at::kLong), 0, {}); }),
              HasSubstr("capability conditional"));
  inner_->tokens = good_ + 4;
  EXPECT_THAT(error<PluginError>([&] { prior_->sample(2, {}, 0, {}); }), HasSubstr("in stream 'lf' of vocabulary 4"));
  inner_->tokens = good_.to(at::kInt);
  EXPECT_THAT(error<PluginError>([&] { prior_->sample(2, {}, 0, {}); }),
              HasSubstr("found int32 (2, 6), expected int64 (2, 6)"));
}

TEST_F(GuardedAnswers, Likelihoods) {
  auto* masked = prior_->masked_log_probs();
  auto* exact = prior_->exact_likelihood();
  const at::Tensor mask = at::ones({2, 6}, at::kBool);
  inner_->rows = {at::full({4, 4}, -1.0f), at::full({8, 5}, -INFINITY)};
  EXPECT_EQ(masked->masked_log_probs(good_, mask, {}).size(), 2u);
  inner_->rows[1] = at::full({8, 5}, NAN);
  EXPECT_THAT(error<PluginError>([&] { masked->masked_log_probs(good_, mask, {}); }), HasSubstr("NaN or above 0"));
  inner_->rows[1] = at::full({7, 5}, -1.0f);
  EXPECT_THAT(error<PluginError>([&] { masked->masked_log_probs(good_, mask, {}); }),
              HasSubstr("expected float32 (8, 5)"));
  EXPECT_THAT(error<std::invalid_argument>([&] { masked->masked_log_probs(good_, mask.to(at::kLong), {}); }),
              HasSubstr("mask"));
  inner_->nats = at::full({2}, -3.0f);
  EXPECT_EQ(exact->log_likelihood(good_, {}).size(0), 2);
  inner_->nats = at::full({2}, 3.0f);
  EXPECT_THAT(error<PluginError>([&] { exact->log_likelihood(good_, {}); }), HasSubstr("above 0"));
  EXPECT_THAT(error<std::invalid_argument>([&] { exact->log_likelihood(good_, at::full({2}, 3, at::kLong)); }),
              HasSubstr("labels from 3 to 3"));
}

// A step of training takes hundreds of milliseconds; what the guard adds must not be seen.
TEST_F(GuardedAnswers, CostsMicrosecondsAStep) {
  struct Quick final : Answers {
    Loss fit_step(const at::Tensor&, const at::Tensor&, const StepInfo&) override {
      return {loss, {{"cross_entropy", loss}}, {{"accuracy", loss}}};
    }
    at::Tensor loss = at::ones({});
  };
  const auto prior = guard_prior(std::make_unique<Quick>(), {"prior/p"}, context_, {});
  const at::Tensor tokens = at::zeros({256, 6}, at::kLong), y = at::zeros({256}, at::kLong);
  const auto start = std::chrono::steady_clock::now();
  constexpr int kCalls = 2000;
  for (int i = 0; i < kCalls; ++i) prior->fit_step(tokens, y, {});
  const std::chrono::duration<double, std::micro> passed = std::chrono::steady_clock::now() - start;
  std::printf("  %.1f microseconds a guarded call\n", passed.count() / kCalls);
  EXPECT_LT(passed.count() / kCalls, 2000);
}

}  // namespace
}  // namespace autodidact
