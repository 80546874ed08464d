// What is said about the time of the networks that judge samples.
#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "protocol/judges.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;

struct Judging {
  fs::path folder = fs::temp_directory_path() / ("judge-cost-test-" + std::to_string(::getpid()));
  Run run;
  Dataset data;
  Progress progress;
  Judging() {
    data.train = data.test = {at::randn({20, 1, 16}), at::arange(20, at::kLong) % 2};
    data.channels = 1;
    data.length = 16;
    data.n_classes = 2;
    data.digest = "made up";
    run.evaluation.cas_repeats = 0;
  }
  ~Judging() { fs::remove_all(folder); }
  double seconds(std::int64_t conditional = 20) {
    StageStore store(folder, false);
    return judge_seconds({run, data, store, progress}, "key", {20, conditional});
  }
};

TEST(JudgeCost, IsNothingWhereNothingIsTrained) {
  Judging judging;
  EXPECT_EQ(judging.seconds(), 0);
  judging.run.evaluation.cas_repeats = 2;
  judging.data.n_classes.reset();
  EXPECT_EQ(judging.seconds(), 0);
  judging.run.evaluation.measures = "mdd,acd";
  judging.data.n_classes = 2;
  EXPECT_EQ(judging.seconds(), 0);
}

TEST(JudgeCost, CountsStepsRepeatsAndNetworks) {
  Judging judging;
  judging.run.evaluation.cas_repeats = 2;
  judging.run.evaluation.cas_steps = 1000000;
  EXPECT_GT(judging.seconds(), 10);
  EXPECT_EQ(judging.seconds(0), 0);  // without conditional samples
  judging.run.evaluation.cas_repeats = 0;
  judging.run.evaluation.rnn_steps = 1000000;
  judging.run.evaluation.measures = "ds_star";
  EXPECT_GT(judging.seconds(0), 10);
  judging.run.evaluation.measures = "ps_star";
  EXPECT_GT(judging.seconds(0), 10);
  judging.data.length = 1;  // nothing to predict
  EXPECT_EQ(judging.seconds(0), 0);
}

}  // namespace
}  // namespace autodidact
