// The page in a browser: every chart is drawn and the console stays silent.
#include <nlohmann/json.hpp>

#include "end_to_end/browser.hpp"
#include "support/made_up_records.hpp"

namespace autodidact::testing {
namespace {

class Page : public ::testing::Test {
 protected:
  void SetUp() override {
    if (browser().empty()) GTEST_SKIP() << "no chromium here: `scripts/setup --dev` installs it";
  }
  void expect_drawn(const Scratch& scratch, std::size_t charts) {
    const Result made =
        call(scratch, "leaderboard " + (scratch / "runs").string() + " --html " + (scratch / "page.html").string());
    ASSERT_EQ(made.code, 0) << made.err;
    const Rendered page = render(scratch, scratch / "page.html");
    ASSERT_EQ(page.code, 0) << page.console;
    EXPECT_EQ(page.console, "");
    EXPECT_EQ(count(page.dom, "id=\"chart"), charts);
    EXPECT_EQ(empty_charts(page.dom), 0u);
  }
};

TEST_F(Page, EveryChartIsDrawnWithoutAConsoleError) {
  const Scratch scratch;
  fs::create_directory(scratch / "runs");
  write_made_up_suite(scratch / "runs");
  expect_drawn(scratch, 2 * (1 + 3 + 4 * 5));
}

TEST_F(Page, OddNamesAndBrokenRunsAreDrawnToo) {
  const Scratch scratch;
  fs::create_directory(scratch / "runs");
  MadeUpRun run{"<b>&\"'</script><!--[0].x", "a\"b", 1};
  run.measures = {{"mse", 0.1}, {"fid_fcn", kNoNumber, "lower", "", kNoNumber, kNoNumber, 1, "undefined", "too few"}};
  Record record = made_up_record(run);
  add_pictures(record, 1, 0.5, 32);
  std::get<std::vector<double>>(record.tables["history/prior"].columns[2])[3] = kNoNumber;
  write_record(record, scratch / "runs/a.h5");
  write_made_up({"failed one", "a\"b", 1, "none", "none", {}, "failed", "loss is NaN"}, scratch / "runs/b.h5");
  expect_drawn(scratch, 1 + 3 + 4);
}

// What the checks above rest on: a fault in a page is seen.
TEST_F(Page, AFaultIsSeen) {
  const Scratch scratch;
  const Rendered page =
      render(scratch, scratch.write("bad.html", "<div id=chart0></div><script>undefined_name();</script>"));
  EXPECT_NE(page.console.find("undefined_name"), std::string::npos);
  EXPECT_EQ(empty_charts(page.dom), 1u);
}

TEST(LeaderboardVerb, GivesTheSameNumbersAsTextJsonAndCsv) {
  const Scratch scratch;
  fs::create_directory(scratch / "runs");
  write_made_up({"A", "cbf", 1, "none", "none", {{"mse", 0.125}}}, scratch / "runs/a.h5");
  const std::string line = "leaderboard " + (scratch / "runs").string() + " --csv " + (scratch / "t.csv").string();
  const Result text = call(scratch, line);
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("0.125"), std::string::npos) << text.out;
  const Result json = call(scratch, line + " --json");
  EXPECT_EQ(nlohmann::json::parse(json.out)["cells"][0]["mean"], 0.125);
  EXPECT_NE(slurp(scratch / "t.csv").find("\"mse\",1,\"\",\"lower\",0.125,"), std::string::npos);
}

TEST(LeaderboardVerb, SaysWhatIsWrongWithAFolder) {
  const Scratch scratch;
  fs::create_directory(scratch / "runs");
  const Result empty = call(scratch, "leaderboard " + (scratch / "runs").string());
  EXPECT_EQ(empty.code, 4);
  EXPECT_NE(empty.err.find("holds no record of a run"), std::string::npos) << empty.err;
  write_made_up({"A", "cbf", 1, "none", "none", {{"mse", 0.125}}}, scratch / "runs/a.h5");
  scratch.write("runs/b.h5", "no HDF5");
  const Result one = call(scratch, "leaderboard " + (scratch / "runs").string());
  EXPECT_EQ(one.code, 0);
  EXPECT_NE(one.err.find("b.h5"), std::string::npos) << one.err;
}

}  // namespace
}  // namespace autodidact::testing
