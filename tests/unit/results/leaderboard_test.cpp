#include "results/leaderboard.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "support/made_up_records.hpp"
#include "unit/results/temporary.hpp"

namespace autodidact {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MadeUpMeasure;
using testing::MadeUpRun;

class Runs {
 public:
  void add(const MadeUpRun& run) { testing::write_made_up(run, folder_ / ("run" + std::to_string(count_++) + ".h5")); }
  // A run with an MSE.
  void add(const std::string& method, std::int64_t seed, double mse, const std::string& objective = "none",
           const std::string& augmentation = "none", const std::string& dataset = "cbf") {
    MadeUpRun run{method, dataset, seed, objective, augmentation};
    run.measures = {{"mse", mse}};
    add(run);
  }
  Folder read() const { return read_folder(folder_.path()); }
  Leaderboard board(const std::vector<std::string>& measures = {"mse"}) const {
    return make_leaderboard(read().runs, measures);
  }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  int count_ = 0;
};

const Cell& mse(const Leaderboard& board, const std::string& row, const std::string& dataset = "cbf") {
  return board.cells.at(dataset).at(row).at("mse");
}

TEST(Leaderboard, MeanAndSampleDeviationOverSeeds) {
  Runs runs;
  runs.add("A", 1, 0.1);
  runs.add("A", 2, 0.2);
  runs.add("A", 3, 0.6);
  runs.add("B", 1, 0.5);
  const Leaderboard board = runs.board();
  EXPECT_NEAR(mse(board, "A").mean, 0.3, 1e-15);
  EXPECT_NEAR(mse(board, "A").std, std::sqrt((0.04 + 0.01 + 0.09) / 2), 1e-15);
  EXPECT_TRUE(mse(board, "A").whole());
  EXPECT_TRUE(std::isnan(mse(board, "B").std));
  EXPECT_EQ(mse(board, "B").missing, 2u);  // seeds that A has
  EXPECT_THAT(leaderboard_text(board, false), HasSubstr("(1 of 3)"));
  EXPECT_THAT(board.seeds, ElementsAre(1, 2, 3));
}

TEST(Leaderboard, FloorsAreMeansAndOnlyWhereThereIsOne) {
  Runs runs;
  for (const std::int64_t seed : {1, 2}) {
    MadeUpRun run{"A", "cbf", seed};
    run.measures = {{"fid_fcn", 5, "lower", "", 0.2 + 0.2 * static_cast<double>(seed), 7.0}, {"mse", 0.1}};
    runs.add(run);
  }
  const Leaderboard board = runs.board({"fid_fcn", "mse"});
  const Cell& fid = board.cells.at("cbf").at("A").at("fid_fcn");
  EXPECT_NEAR(fid.floor, 0.5, 1e-15);
  EXPECT_NEAR(fid.at_floor, 7.0, 1e-15);
  EXPECT_EQ(fid.n_floor, 300);
  EXPECT_NEAR(board.floor("cbf", board.columns[0]), 0.5, 1e-15);
  EXPECT_TRUE(std::isnan(board.floor("cbf", board.columns[1])));
  EXPECT_THAT(leaderboard_text(board, false), HasSubstr("floor"));
}

TEST(Leaderboard, EffectsArePairedBySeedAgainstTheRowsOwnControl) {
  Runs runs;
  runs.add("plain", 1, 0.9);
  runs.add("control", 1, 0.10, "none", "warp");
  runs.add("control", 2, 0.50, "none", "warp");
  runs.add("twins", 1, 0.13, "barlow_twins", "warp");
  runs.add("twins", 2, 0.55, "barlow_twins", "warp");
  runs.add("twins", 3, 9.00, "barlow_twins", "warp");  // no control of this seed: in the mean, not in the effect
  runs.add("sliced", 1, 0.3, "barlow_twins", "slice");
  const Leaderboard board = runs.board();
  EXPECT_EQ(board.control_of("twins"), "control");
  EXPECT_EQ(board.control_of("plain"), "");
  EXPECT_EQ(board.control_of("sliced"), "");  // no control with its augmentation
  EXPECT_TRUE(board.is_control("control"));
  EXPECT_EQ(mse(board, "twins").pairs, 2u);
  EXPECT_NEAR(mse(board, "twins").effect, 0.04, 1e-12);
  EXPECT_NEAR(mse(board, "twins").effect_error, 0.01, 1e-12);  // std 0.0141 / sqrt(2)
  EXPECT_TRUE(std::isnan(mse(board, "plain").effect));
}

TEST(Leaderboard, ControlsFollowTheFactorsOfAGrid) {
  Runs runs;
  for (const std::int64_t k : {32, 64})
    for (const std::string objective : {"none", "vicreg"})
      for (const std::int64_t width : {128, 256}) {
        if (objective == "none" && width == 256) continue;  // a factor that it does not know: run once without
        MadeUpRun run{objective == "none" ? "control" : "vicreg", "cbf", 1, objective, "warp"};
        run.measures = {{"mse", 0.1}};
        run.config["factor.tokenizer.K"] = k;
        if (objective != "none") run.config["factor.objective.width"] = width;
        runs.add(run);
      }
  const Leaderboard board = runs.board();
  ASSERT_EQ(board.rows.size(), 6u);
  EXPECT_EQ(board.control_of("vicreg (objective.width=128, tokenizer.K=64)"), "control (tokenizer.K=64)");
  EXPECT_EQ(board.control_of("vicreg (objective.width=256, tokenizer.K=32)"), "control (tokenizer.K=32)");
}

TEST(Leaderboard, RanksShareTiesAndPutIncompleteCellsLast) {
  Runs runs;
  runs.add("A", 1, 0.2);
  runs.add("B", 1, 0.1);
  runs.add("C", 1, 0.2);
  runs.add({"D", "cbf", 1, "none", "none", {}, "failed", "loss is NaN"});
  MadeUpRun undefined{"E", "cbf", 1};
  undefined.measures = {
      {"mse", testing::kNoNumber, "lower", "", testing::kNoNumber, testing::kNoNumber, 1, "undefined", "one class"}};
  runs.add(undefined);
  const Leaderboard board = runs.board();
  const auto rank = [&](const std::string& row) { return board.ranks.at(row).at("mse"); };
  EXPECT_EQ(rank("B"), 1.0);
  EXPECT_EQ(rank("A"), 2.5);
  EXPECT_EQ(rank("C"), 2.5);
  EXPECT_EQ(rank("D"), 4.5);
  EXPECT_EQ(rank("E"), 4.5);
  EXPECT_EQ(mse(board, "B").standing, Standing::best);
  EXPECT_EQ(mse(board, "A").standing, Standing::none);  // one seed: no deviation to be within
  EXPECT_EQ(mse(board, "D").failed, 1u);
  EXPECT_EQ(mse(board, "E").undefined, 1u);
  const std::string text = leaderboard_text(board, false);
  EXPECT_THAT(text, HasSubstr("cbf · D: 1 run failed: loss is NaN"));
  EXPECT_THAT(text, HasSubstr("cbf · E: mse undefined: one class"));
}

TEST(Leaderboard, RanksAverageOverDatasetsThatSaySomething) {
  Runs runs;
  for (const std::string dataset : {"cbf", "two_patterns"}) {
    runs.add("A", 1, dataset == "cbf" ? 0.1 : 0.4, "none", "none", dataset);
    runs.add("B", 1, 0.2, "none", "none", dataset);
  }
  runs.add({"A", "broken", 1, "none", "none", {}, "failed", "no"});
  runs.add({"B", "broken", 1, "none", "none", {}, "failed", "no"});
  const Leaderboard board = runs.board();
  EXPECT_EQ(board.ranks.at("A").at("mse"), 1.5);
  EXPECT_EQ(board.ranks.at("B").at("mse"), 1.5);
  EXPECT_TRUE(std::isnan(mse(board, "A", "broken").mean));
}

TEST(Leaderboard, HigherIsBetterWhereTheMeasureSaysSoAndTokensAreNotRanked) {
  Runs runs;
  for (const std::string row : {"A", "B"}) {
    MadeUpRun run{row, "cbf", 1};
    const double v = row == "A" ? 0.2 : 0.3;
    run.measures = {{"coverage", v, "higher", "share"}, {"nll_masked/0.50", v}, {"density", v, "none"}};
    runs.add(run);
  }
  const Leaderboard board = runs.board({"coverage", "nll_masked/0.50", "density"});
  EXPECT_EQ(board.ranks.at("B").at("coverage"), 1.0);
  EXPECT_EQ(board.ranks.at("B").size(), 1u);
  EXPECT_THAT(leaderboard_text(board, false), HasSubstr("coverage % ↑"));
  EXPECT_THAT(leaderboard_text(board, false), HasSubstr("30.0"));
}

TEST(Leaderboard, TiesAreWithinTwoDeviations) {
  Runs runs;
  for (const std::int64_t seed : {1, 2}) {
    const double noise = seed == 1 ? -0.01 : 0.01;
    runs.add("A", seed, 0.10 + noise);
    runs.add("B", seed, 0.12 + noise);
    runs.add("C", seed, 0.20 + noise);
  }
  const Leaderboard board = runs.board();
  EXPECT_EQ(mse(board, "A").standing, Standing::best);
  EXPECT_EQ(mse(board, "B").standing, Standing::tied);
  EXPECT_EQ(mse(board, "C").standing, Standing::none);
}

TEST(Leaderboard, VersionsNeverMix) {
  Runs runs;
  for (const std::int64_t seed : {1, 2}) {
    MadeUpRun run{"A", "cbf", seed};
    run.measures = {
        {"mse", 0.1 * static_cast<double>(seed), "lower", "", testing::kNoNumber, testing::kNoNumber, seed}};
    runs.add(run);
  }
  const Leaderboard board = runs.board();
  EXPECT_EQ(board.columns[0].version, 2);
  EXPECT_NEAR(mse(board, "A").mean, 0.2, 1e-15);
  EXPECT_EQ(mse(board, "A").undefined, 1u);
  ASSERT_EQ(board.notes.size(), 1u);
  EXPECT_THAT(board.notes[0], HasSubstr("several versions; only version 2 counts"));
}

TEST(Leaderboard, DegradedValuesCountAndAreMarked) {
  Runs runs;
  MadeUpRun run{"A", "cbf", 1};
  run.measures = {{"mse", 0.1, "lower", "", testing::kNoNumber, testing::kNoNumber, 1, "degraded", "60 of 100 series"}};
  runs.add(run);
  const Leaderboard board = runs.board();
  EXPECT_NEAR(mse(board, "A").mean, 0.1, 1e-15);
  EXPECT_THAT(leaderboard_text(board, false), HasSubstr("0.100†"));
  EXPECT_THAT(leaderboard_text(board, false), HasSubstr("† cbf · A: mse degraded: 60 of 100 series"));
}

TEST(ReadFolder, KeepsTheNewerOfTwoRecordsOfOneCell) {
  Runs runs;
  MadeUpRun run{"A", "cbf", 1};
  run.measures = {{"mse", 0.1}};
  run.created = "2026-02-01T00:00:00Z";
  runs.add(run);
  run.measures = {{"mse", 0.9}};
  run.created = "2026-01-01T00:00:00Z";
  run.config["train.prior.lr"] = 0.5;
  runs.add(run);
  const Folder folder = runs.read();
  ASSERT_EQ(folder.runs.size(), 1u);
  EXPECT_NEAR(folder.runs[0].measures.at("mse").value, 0.1, 1e-15);
  ASSERT_EQ(folder.problems.size(), 1u);
  EXPECT_THAT(folder.problems[0],
              HasSubstr("two records of cbf, A, seed 1: run0.h5 is the newer one and counts, run1.h5"));
}

TEST(ReadFolder, SaysWhereSeedsDifferInMoreThanTheSeed) {
  Runs runs;
  MadeUpRun run{"A", "cbf", 1};
  run.measures = {{"mse", 0.1}};
  runs.add(run);
  run.seed = 2;
  run.config["train.prior.lr"] = 0.5;
  runs.add(run);
  const Folder folder = runs.read();
  EXPECT_EQ(folder.runs.size(), 2u);
  ASSERT_EQ(folder.problems.size(), 1u);
  EXPECT_THAT(folder.problems[0], HasSubstr("train.prior.lr"));
}

TEST(ReadFolder, TellsWhatItCannotRead) {
  Runs runs;
  runs.add("A", 1, 0.1);
  std::ofstream(runs.folder() / "broken.h5") << "no HDF5";
  std::ofstream(runs.folder() / "notes.txt") << "not looked at";
  write_record(Record{}, runs.folder() / "other.h5");
  const Folder folder = runs.read();
  EXPECT_EQ(folder.runs.size(), 1u);
  ASSERT_EQ(folder.problems.size(), 2u);
  EXPECT_THAT(folder.problems[0], HasSubstr("broken.h5"));
  EXPECT_THAT(folder.problems[1], HasSubstr("other.h5: is no record of a run"));
}

TEST(Leaderboard, RowsStandInTheOrderOfTheSuite) {
  Runs runs;
  std::int64_t order = 0;
  for (const std::string row : {"zeta", "alpha", "mu"}) {
    MadeUpRun run{row, "cbf", 1};
    run.order = order++;
    runs.add(run);
  }
  EXPECT_THAT(runs.board().rows, ElementsAre("zeta", "alpha", "mu"));
  Runs unordered;
  unordered.add("B", 1, 0.1, "vicreg", "warp");
  unordered.add("C", 1, 0.1, "none", "warp");
  unordered.add("D", 1, 0.1);
  EXPECT_THAT(unordered.board().rows, ElementsAre("D", "C", "B"));
}

}  // namespace
}  // namespace autodidact
