// What the objective receives, for each pairing, number of views and pooling, from a tokenizer that shows what it was
// given.
#include "protocol/branches.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "autodidact/plugin/error.hpp"

namespace autodidact {
namespace {

constexpr std::int64_t kBatch = 3, kLength = 8;

struct Call {
  at::Tensor x;
  ForwardOptions options;
  std::int64_t call;
};

// z is the series on a grid of 2 x 4 times `gain`, in two channels (z, -z); z_q is 1000 above z. `total` is the call's
// number + 1, so that sums tell which branches they hold.
class Glass final : public Tokenizer {
 public:
  explicit Glass(double gain = 1) : gain_(at::full({}, gain).requires_grad_()) {}
  View forward(const at::Tensor& x, const ForwardOptions& options, const StepInfo& info) override {
    calls.push_back({x, options, info.call});
    View view;
    const at::Tensor z = x.view({-1, 1, 2, 4}) * gain_;
    view.z = {at::cat({z, -z}, 1)};
    if (options.path == Path::quantised) view.z_q = {view.z[0] + 1000};
    view.total = at::full({}, static_cast<float>(info.call + 1));
    view.terms = {{"t", view.total}};
    return view;
  }
  Latents latents(const at::Tensor&) override { throw std::logic_error("not in training"); }
  at::Tensor encode(const at::Tensor&, double) override { throw std::logic_error("not in training"); }
  at::Tensor decode(const at::Tensor&) override { throw std::logic_error("not in training"); }
  Layout layout() const override { return {{"all", 2, 4, 2, 8, 0}}; }
  std::vector<std::optional<at::Tensor>> codebooks() const override { return {std::nullopt}; }
  std::vector<Parameter> parameters() override { return {{"gain", gain_}}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}

  std::vector<Call> calls;

 private:
  at::Tensor gain_;
};

class Witness final : public Objective {
 public:
  Loss loss(const ObjectiveInput& input) override {
    seen.push_back(input);
    const at::Tensor total = at::full({}, 1000.0f);
    return {total, {{"w", total}}, {{"log", at::ones({})}}};
  }
  std::vector<Parameter> parameters() override { return {}; }
  std::vector<Buffer> buffers() override { return {}; }
  void train(bool) override {}
  void to(c10::Device) override {}

  std::vector<ObjectiveInput> seen;
};

template <class T>
Live<T> live(std::unique_ptr<T> object) {
  return {std::make_unique<Services>(1, "tokenizer", "test", Precision::fp32, nullptr), std::move(object)};
}

// One step with its witnesses.
struct Step {
  Run run;
  Glass* tokenizer = new Glass;
  Witness* objective = new Witness;
  Live<Tokenizer> live_tokenizer = live(std::unique_ptr<Tokenizer>(tokenizer));
  Live<Objective> live_objective = live(std::unique_ptr<Objective>(objective));
  at::Tensor x = at::arange(kBatch * kLength, at::kFloat).view({kBatch, 1, kLength});
  Loss loss;

  Step(const std::string& pairing, std::int64_t views, const std::string& pool = "avg") {
    run.augmentation = "gauss";
    run.augmentation_steps = {{"gaussian_noise", {{"mean", 0.0}, {"std", 0.1}}}};
    run.ssl.pairing = pairing;
    run.ssl.views = views;
    run.ssl.pool = pool;
    run.ssl.weight = 2;
    run.ssl.rho = 0.25;
  }
  void go(TargetTokenizer* target = nullptr, bool with_objective = true) {
    Branches branches(run, live_tokenizer, with_objective ? &live_objective : nullptr, target);
    loss = branches(x, {.epoch = 1, .step = 5});
  }
  // The map that the tokenizer makes of what it was given in a call.
  at::Tensor map(std::size_t call, bool quantised) const {
    const at::Tensor z = tokenizer->calls[call].x.view({-1, 1, 2, 4});
    return at::cat({z, -z}, 1) + (quantised ? 1000 : 0);
  }
};

TEST(Branches, OneViewIsComparedWithTheSeries) {
  for (const std::string pairing : {"quantised_continuous", "continuous", "quantised"}) {
    Step step(pairing, 1);
    step.go();
    ASSERT_EQ(step.tokenizer->calls.size(), 2u);
    EXPECT_TRUE(at::equal(step.tokenizer->calls[0].x, step.x));
    EXPECT_FALSE(at::equal(step.tokenizer->calls[1].x, step.x));
    ASSERT_EQ(step.objective->seen.size(), 1u);
    const ObjectiveInput& in = step.objective->seen[0];
    EXPECT_TRUE(at::equal(in.a.maps[0], step.map(0, pairing != "continuous"))) << pairing;
    EXPECT_TRUE(at::equal(in.b.maps[0], step.map(1, pairing == "quantised"))) << pairing;
    EXPECT_TRUE(at::equal(in.a.pooled, in.a.maps[0].mean(at::IntArrayRef{2, 3})));
    EXPECT_TRUE(at::equal(in.b.pooled, in.b.maps[0].mean(at::IntArrayRef{2, 3})));
    EXPECT_TRUE(in.a.pooled.requires_grad() && in.b.pooled.requires_grad());  // no stop-gradient on either side
    EXPECT_FALSE(in.target_a || in.target_b);
    EXPECT_EQ(step.loss.total.item<double>(), 1 + 0.25 * 2 + 2 * 1000);
  }
}

TEST(Branches, TwoViewsAreComparedWithEachOther) {
  for (const std::string pairing : {"quantised_continuous", "continuous", "quantised"}) {
    Step step(pairing, 2);
    step.go();
    ASSERT_EQ(step.tokenizer->calls.size(), 3u);
    EXPECT_FALSE(at::equal(step.tokenizer->calls[1].x, step.tokenizer->calls[2].x));
    const ObjectiveInput& in = step.objective->seen.at(0);
    EXPECT_TRUE(at::equal(in.a.maps[0], step.map(1, pairing == "quantised"))) << pairing;
    EXPECT_TRUE(at::equal(in.b.maps[0], step.map(2, pairing == "quantised"))) << pairing;
    EXPECT_EQ(step.loss.total.item<double>(), 1 + 0.25 * (2 + 3) + 2 * 1000);
  }
}

TEST(Branches, TheSeriesIsQuantisedAndItsCallAloneMovesTheCodebook) {
  for (const std::string pairing : {"quantised_continuous", "continuous", "quantised"})
    for (const std::int64_t views : {1, 2}) {
      Step step(pairing, views);
      step.go();
      for (std::size_t i = 0; i < step.tokenizer->calls.size(); ++i) {
        const Call& call = step.tokenizer->calls[i];
        EXPECT_EQ(call.call, static_cast<std::int64_t>(i));
        EXPECT_EQ(call.options.update_state, i == 0);
        EXPECT_EQ(call.options.path == Path::quantised, i == 0 || pairing == "quantised");
      }
    }
}

TEST(Branches, TheControlKeepsItsBranchesAndAsksNobody) {
  Step step("quantised_continuous", 1);
  step.go(nullptr, /*with_objective=*/false);
  EXPECT_EQ(step.tokenizer->calls.size(), 2u);
  EXPECT_TRUE(step.objective->seen.empty());
  EXPECT_EQ(step.loss.total.item<double>(), 1 + 0.25 * 2);
  Step single("quantised_continuous", 1);
  single.run.augmentation.clear();
  single.go(nullptr, false);
  EXPECT_EQ(single.tokenizer->calls.size(), 1u);
  EXPECT_EQ(single.loss.total.item<double>(), 1);
}

TEST(Branches, TheTargetSeesTheSameSeriesViewsAndPaths) {
  for (const std::string pairing : {"quantised_continuous", "continuous", "quantised"})
    for (const std::int64_t views : {1, 2}) {
      Step step(pairing, views);
      auto copy = std::make_unique<Glass>(/*gain=*/7);
      Glass* const follower = copy.get();
      TargetTokenizer target(live(std::unique_ptr<Tokenizer>(std::move(copy))), *step.tokenizer);  // gain 1 again
      step.go(&target);
      const ObjectiveInput& in = step.objective->seen.at(0);
      ASSERT_TRUE(in.target_a && in.target_b);
      EXPECT_TRUE(at::equal(in.target_a->maps[0], in.a.maps[0])) << pairing << views;
      EXPECT_TRUE(at::equal(in.target_b->maps[0], in.b.maps[0])) << pairing << views;
      EXPECT_TRUE(at::equal(in.target_b->pooled, in.b.pooled));
      EXPECT_FALSE(in.target_a->pooled.requires_grad() || in.target_b->pooled.requires_grad());
      ASSERT_EQ(follower->calls.size(), 2u);
      for (const Call& call : follower->calls) EXPECT_FALSE(call.options.update_state);
      EXPECT_EQ(follower->calls[0].call, 8 + views - 1);
      EXPECT_EQ(follower->calls[1].call, 8 + views);
    }
}

TEST(Branches, WithoutPoolingEveryPositionIsARow) {
  Step step("quantised_continuous", 1, "none");
  step.go();
  const ObjectiveInput& in = step.objective->seen.at(0);
  EXPECT_EQ(in.a.pooled.sizes(), (at::IntArrayRef{kBatch * 8, 2}));
  for (const std::int64_t series : {0, 2})
    for (const std::int64_t h : {0, 1})
      for (const std::int64_t w : {0, 3}) {
        const at::Tensor row = in.b.pooled[series * 8 + h * 4 + w];
        EXPECT_TRUE(at::equal(row, in.b.maps[0].select(3, w).select(2, h)[series]));
      }
  EXPECT_EQ(in.a.maps[0].sizes(), (at::IntArrayRef{kBatch, 2, 2, 4}));
}

}  // namespace
}  // namespace autodidact
