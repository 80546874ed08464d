#include "protocol/trainer.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "host/open.hpp"
#include "host/random.hpp"
#include "protocol/state.hpp"

namespace autodidact {
namespace {

TEST(TrainLength, LastBatchOfOneJoinsTheOneBefore) {
  EXPECT_EQ(steps_per_epoch(257, 128), 2);
  EXPECT_EQ(steps_per_epoch(256, 128), 2);
  EXPECT_EQ(steps_per_epoch(258, 128), 3);
  EXPECT_EQ(steps_per_epoch(1, 128), 1);
  EXPECT_EQ(steps_per_epoch(20, 128), 1);
  TrainSettings s;
  s.batch = 128;
  s.steps = 5;
  EXPECT_EQ(train_length(s, 257).epochs, 3);
  EXPECT_EQ(train_length(s, 257).steps, 5);
}

// A regression that draws noise from its own stream, so that a wrong resume shows.
struct Toy {
  at::Tensor w = at::zeros({4}).requires_grad_(true);
  at::Tensor seen = at::zeros({40}, at::kLong);
  at::Tensor x;
  std::atomic<bool> stop{false};
  std::int64_t stop_at = -1;
  double poison = 0;

  Toy() {
    at::Generator g = generator_for({3, "toy", "toy", "data"});
    x = at::randn({40, 4}, g);
  }
  TrainTask task() {
    TrainTask t;
    t.stage = "toy";
    t.n = 40;
    t.seed = 7;
    t.settings.batch = 13;
    t.settings.epochs = 6;
    t.settings.lr = 0.05;
    t.parameters = {{"w", w}};
    t.state = {{"w", w}, {"seen", seen}};
    t.loss = [this](const at::Tensor& index, const StepInfo& info) {
      seen.index_add_(0, index, at::ones_like(index));
      at::Generator g = generator_for({7, "toy", "toy", "noise", info.epoch, info.step});
      const at::Tensor batch = x.index_select(0, index);
      at::Tensor loss = (batch.matmul(w) - batch.sum(1) + at::randn({index.size(0)}, g) * 0.1).square().mean();
      if (info.step == 5 && poison != 0) loss = loss * poison;
      if (info.step == stop_at) stop = true;
      return Loss{loss, {{"mse", loss.detach()}}, {}};
    };
    return t;
  }
};

std::filesystem::path scratch(const char* name) {
  const auto path = std::filesystem::temp_directory_path() / (std::string(name) + std::to_string(::getpid()));
  std::filesystem::remove(path);
  return path;
}

TEST(Trainer, EveryEpochSeesEverySeriesOnce) {
  Toy toy;
  const TrainResult result = train(toy.task(), {});
  EXPECT_EQ(result.steps, 6 * 3);  // 40 = 13 + 13 + 14: a batch of one joins
  EXPECT_TRUE(toy.seen.eq(6).all().item<bool>());
  EXPECT_EQ(result.history.rows(), 6u);
  const auto& totals = std::get<std::vector<double>>(*result.history.find("total"));
  EXPECT_LT(totals.back(), totals.front());
}

// Stopped at any step, in the middle or at the end of an epoch, and resumed: the bytes of an unbroken run.
TEST(Trainer, ResumedRunEqualsUnbrokenRun) {
  Toy whole;
  const TrainResult expected = train(whole.task(), {});
  for (const std::int64_t at : {0, 1, 2, 7, 16, 17}) {
    const auto file = scratch("trainer-checkpoint");
    Progress progress;
    {
      Toy first;
      first.stop_at = at;
      progress.stop = &first.stop;
      EXPECT_THROW(train(first.task(), {file, 1e9, &progress}), Stopped) << at;
    }
    ASSERT_TRUE(std::filesystem::exists(file));
    Toy second;
    progress.stop = nullptr;
    const TrainResult result = train(second.task(), {file, 1e9, &progress});
    EXPECT_EQ(state_digest({{"w", second.w}, {"seen", second.seen}}),
              state_digest({{"w", whole.w}, {"seen", whole.seen}}))
        << at;
    EXPECT_EQ(result.history.names, expected.history.names);
    for (const char* column : {"epoch", "step", "total", "mse", "lr"})
      EXPECT_EQ(*result.history.find(column), *expected.history.find(column)) << column << " stopped at " << at;
    std::filesystem::remove(file);
  }
}

TEST(Trainer, DivergenceStopsAndKeepsTheLastGoodCheckpoint) {
  const auto file = scratch("trainer-diverged");
  Toy toy;
  toy.poison = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(train(toy.task(), {file, 0.0, nullptr}), Diverged);
  ASSERT_TRUE(std::filesystem::exists(file));
  Toy good;
  const TrainResult result = train(good.task(), {file, 1e9, nullptr});
  EXPECT_EQ(result.steps, 18);
  EXPECT_TRUE(at::isfinite(good.w.detach()).all().item<bool>());
  std::filesystem::remove(file);
}

TEST(State, LoadNamesEveryDifference) {
  Record record;
  put_state(record, "w/", {{"a", at::zeros({2})}, {"extra", at::zeros({1})}});
  try {
    load_state(record, "w/", {{"a", at::zeros({3})}, {"b", at::zeros({1})}});
    FAIL();
  } catch (const std::exception& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("w/a: found float(2), expected float(3)"), std::string::npos) << text;
    EXPECT_NE(text.find("w/b: missing"), std::string::npos);
    EXPECT_NE(text.find("w/extra: not part"), std::string::npos);
  }
}

}  // namespace
}  // namespace autodidact
