// What one factor does, whatever the others are.
#include <gmock/gmock.h>

#include <cmath>

#include "results/board_contrasts.hpp"
#include "support/made_up_records.hpp"
#include "unit/results/temporary.hpp"

namespace autodidact {
namespace {

using ::testing::HasSubstr;
using testing::MadeUpRun;
using ::testing::Not;

class Study {
 public:
  void add(const std::string& method, const std::string& f, const std::string& g, std::int64_t seed, double mse,
           const std::string& objective = "none") {
    MadeUpRun run{method, "cbf", seed, objective, method == "plain" ? "none" : "warp"};
    run.measures = {{"mse", mse}};
    if (!f.empty()) run.config["factor.f"] = f;
    if (!g.empty()) run.config["factor.g"] = g;
    run.order = ++count_;
    testing::write_made_up(run, folder_ / ("run" + std::to_string(count_) + ".h5"));
  }
  Leaderboard board() const { return make_leaderboard(read_folder(folder_.path()).runs, {"mse"}); }

 private:
  TemporaryFolder folder_;
  int count_ = 0;
};

// f adds 1, g adds 10, the objective 100; each seed bends the effect of f by its own number.
void fill(Study& study) {
  for (const std::int64_t seed : {1, 2, 3})
    for (const auto& [method, objective] : {std::pair{"control", 0.0}, {"self-taught", 100.0}})
      for (const auto& [f, bent] : {std::pair{"x", 0.0}, {"y", 1.0 + 0.1 * static_cast<double>(seed - 2)}})
        for (const auto& [g, ten] : {std::pair{"u", 0.0}, {"v", 10.0}})
          study.add(method, f, g, seed, objective + bent + ten, objective > 0 ? "vicreg" : "none");
}

TEST(Contrasts, EachIsTheMeanOverAllOtherRows) {
  Study study;
  fill(study);
  const Leaderboard board = study.board();
  ASSERT_EQ(board.contrasts.size(), 3u);
  const auto effect = [&](std::size_t i) { return contrast_cell(board, "cbf", board.contrasts[i], board.columns[0]); };
  EXPECT_EQ(board.contrasts[0].title, "f: x → y");
  EXPECT_NEAR(effect(0).effect, 1.0, 1e-12);
  EXPECT_NEAR(effect(0).effect_error, 0.1 / std::sqrt(3.0), 1e-12);  // over seeds, not over pairs
  EXPECT_EQ(effect(0).pairs, 4u);
  EXPECT_EQ(board.contrasts[1].title, "g: u → v");
  EXPECT_NEAR(effect(1).effect, 10.0, 1e-12);
  EXPECT_NEAR(effect(1).effect_error, 0.0, 1e-12);
  EXPECT_EQ(board.contrasts[2].title, "control → self-taught");
  EXPECT_NEAR(effect(2).effect, 100.0, 1e-12);
  EXPECT_THAT(leaderboard_text(board, false), HasSubstr("f: x → y"));
  EXPECT_THAT(leaderboard_json(board), HasSubstr("control → self-taught"));
}

TEST(Contrasts, OnlyRowsThatDifferInThisAloneAreCompared) {
  Study study;
  study.add("a", "x", "u", 1, 1.0);
  study.add("a", "y", "v", 1, 5.0);  // differs in both
  study.add("b", "y", "u", 1, 9.0);  // another method
  EXPECT_TRUE(study.board().contrasts.empty());
}

TEST(Contrasts, AMissingSeedIsLeftOutAndOneSeedHasNoError) {
  Study study;
  for (const std::int64_t seed : {1, 2}) study.add("a", "x", "", seed, 1.0);
  study.add("a", "y", "", 2, 4.0);
  const Leaderboard board = study.board();
  ASSERT_EQ(board.contrasts.size(), 1u);
  const Cell cell = contrast_cell(board, "cbf", board.contrasts[0], board.columns[0]);
  EXPECT_EQ(cell.effect, 3.0);
  EXPECT_TRUE(std::isnan(cell.effect_error));
}

TEST(Contrasts, WithoutAFactorThereAreNone) {
  Study study;
  study.add("plain", "", "", 1, 1.0);
  study.add("control", "", "", 1, 2.0);
  study.add("self-taught", "", "", 1, 3.0, "vicreg");
  const Leaderboard board = study.board();
  EXPECT_TRUE(board.contrasts.empty());
  EXPECT_THAT(leaderboard_text(board, false), Not(HasSubstr("a → b")));
}

}  // namespace
}  // namespace autodidact
