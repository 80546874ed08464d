// Runs that are measured only, and studies of the measures.
#include "config/external.hpp"

#include "config/study.hpp"
#include "unit/config/fixture.hpp"

namespace autodidact {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Call>
std::vector<std::string> lines_of(const Call& call) {
  try {
    call();
  } catch (const ConfigErrors& errors) {
    return errors.lines();
  }
  return {};
}

TEST(External, TakesWhatDecidesMeasures) {
  const auto run =
      external_run("mine", "cbf",
                   {"evaluation=fid_fcn,kid", "evaluation.block=64", "seed=7", "threads=2",
                    "data.split=\"stratified_80_20\"", "dataset.n_train=40", "dataset.cbf.kind=odd", "seed=8"});
  EXPECT_EQ(run.method, "mine");
  EXPECT_EQ(run.dataset, "cbf");
  EXPECT_EQ(run.evaluation.measures, "fid_fcn,kid");
  EXPECT_EQ(run.evaluation.block, 64);
  EXPECT_EQ(run.seed, 8);  // the later one
  EXPECT_EQ(run.threads, 2);
  EXPECT_EQ(run.dataset_options.at("n_train"), Value(std::int64_t{40}));
  EXPECT_EQ(run.dataset_options.at("kind"), Value(std::string("odd")));
}

TEST(External, TellsAllFaultsAtOnce) {
  const auto lines = lines_of([] {
    external_run("mine", "cbf", {"evaluation.blok=3", "tokenizer.K=4", "seed=-1", "noise", "evaluation.repeats=0"});
  });
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("evaluation.block")));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("tokenizer.K: is no key of what is measured")));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("'noise', expected key=value")));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("seed")));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("evaluation.repeats")));
}

TEST(External, OfAFinishedRunOnlyTheEvaluationChanges) {
  auto run = external_run("mine", "cbf", {"seed=3"});
  change_evaluation(run, {"evaluation=all", "evaluation.cas_repeats=0"});
  EXPECT_EQ(run.evaluation.measures, "all");
  EXPECT_EQ(run.evaluation.cas_repeats, 0);
  for (const char* word : {"seed=4", "threads=2", "data.split=\"stratified_80_20\"", "dataset.n_train=3"})
    EXPECT_EQ(lines_of([&] { change_evaluation(run, {word}); }).size(), 1u) << word;
  EXPECT_EQ(run.seed, 3);
}

class StudyTest : public ConfigTest {
 protected:
  std::optional<Study> study(const std::string& text, const std::vector<std::string>& words = {}) const {
    write("m.toml", text);
    return load_study("m", words, {folder_.string()});
  }
  static constexpr const char* kStudy = R"([study]
name = "measures"
version = 3
datasets = ["a", "b"]
[protocol]
evaluation = ["kid", "mmd"]
"evaluation.block" = 32
[dataset.a]
n_train = 50
)";
};

TEST_F(StudyTest, ASuiteIsNone) {
  EXPECT_FALSE(study(std::string(kHead) + kVqvae));
  EXPECT_FALSE(load_study("absent", {}, {folder_.string()}));
}

TEST_F(StudyTest, HasARunADataset) {
  const auto s = study(kStudy);
  ASSERT_TRUE(s);
  EXPECT_EQ(s->name, "measures");
  ASSERT_EQ(s->runs.size(), 2u);
  for (const auto& run : s->runs) {
    EXPECT_EQ(run.suite, "measures");
    EXPECT_EQ(run.suite_version, 3);
    EXPECT_EQ(run.evaluation.measures, "kid, mmd");
    EXPECT_EQ(run.evaluation.block, 32);
  }
  EXPECT_EQ(s->runs[0].dataset, "a");
  EXPECT_EQ(s->runs[0].dataset_options.at("n_train"), Value(std::int64_t{50}));
  EXPECT_TRUE(s->runs[1].dataset_options.empty());
}

TEST_F(StudyTest, TheCommandLineWins) {
  const auto s = study(kStudy, {"datasets=a,c", "dataset.n_train=9", "evaluation.block=16", "seed=2"});
  ASSERT_EQ(s->runs.size(), 2u);
  EXPECT_EQ(s->runs[1].dataset, "c");
  for (const auto& run : s->runs) {
    EXPECT_EQ(run.dataset_options.at("n_train"), Value(std::int64_t{9}));
    EXPECT_EQ(run.evaluation.block, 16);
    EXPECT_EQ(run.seed, 2);
  }
}

TEST_F(StudyTest, FaultsNameTheirLine) {
  const auto lines = lines_of([&] {
    study("[study]\nname = \"m\"\ndatasets = 3\nseeds = [1]\n[protocol]\n\"tokenizer.K\" = 4\n[protocl]\nx = 1\n",
          {"datasets=a"});
  });
  EXPECT_THAT(lines, ElementsAre(HasSubstr("m.toml:3: datasets: "), HasSubstr("m.toml:4: study.seeds: "),
                                 HasSubstr("m.toml:6: tokenizer.K: is no key of what is measured"),
                                 HasSubstr("m.toml:7: protocl: ")));
}

TEST_F(StudyTest, NeedsDatasets) {
  EXPECT_THAT(lines_of([&] { study("[study]\nname = \"m\"\n"); }), ElementsAre(HasSubstr("study.datasets")));
}

}  // namespace
}  // namespace autodidact
