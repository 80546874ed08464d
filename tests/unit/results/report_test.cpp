// What a leaderboard is written as: text, CSV, JSON and the page.
#include "results/report.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "results/number_text.hpp"
#include "results/vega_bundle.hpp"
#include "support/made_up_records.hpp"
#include "unit/results/temporary.hpp"

namespace autodidact {
namespace {

using ::testing::HasSubstr;
using testing::MadeUpRun;
using ::testing::Not;

const std::string kNasty = "<b>&\"'</script><!--\x1b[31m";

// The page without the charting library, which is not ours to judge.
std::string own_part(std::string page) {
  const std::size_t at = page.find(vega_bundle());
  EXPECT_NE(at, std::string::npos);
  page.erase(at, vega_bundle().size());
  const std::size_t notices = page.find("<pre>");
  return page.erase(notices, page.find("</pre>") - notices);
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

Folder nasty_folder(const TemporaryFolder& folder) {
  for (const std::string& method : {kNasty, std::string("plain")}) {
    MadeUpRun run{method, "c\"b,f", 1};
    run.measures = {
        {"mse", 0.1},
        {"fid_fcn", testing::kNoNumber, "lower", "", testing::kNoNumber, testing::kNoNumber, 1, "undefined", kNasty}};
    Record record = testing::made_up_record(run);
    testing::add_pictures(record, 1, 0.5, 32);
    write_record(record, folder / (method == kNasty ? "a.h5" : "b.h5"));
  }
  return read_folder(folder.path());
}

TEST(Page, NamesStayText) {
  const TemporaryFolder temporary;
  const Folder folder = nasty_folder(temporary);
  const std::string page = own_part(report_page(folder, make_leaderboard(folder.runs)));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;&amp;&quot;"));
  EXPECT_EQ(count(page, "</script"), 2u);  // the ends of the page's own two
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
}

TEST(Page, FetchesNothing) {
  const TemporaryFolder folder;
  testing::write_made_up_suite(folder.path());
  const Folder runs = read_folder(folder.path());
  const std::string page = own_part(report_page(runs, make_leaderboard(runs.runs)));
  for (const char* reference : {"http:", "https:", " src=", "url(", "@import", "<link rel=stylesheet", "href=\"/"})
    EXPECT_THAT(page, Not(HasSubstr(reference))) << reference;
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Page, HoldsEveryDatasetTableAndChart) {
  const TemporaryFolder folder;
  testing::write_made_up_suite(folder.path());
  const Folder runs = read_folder(folder.path());
  const std::string page = own_part(report_page(runs, make_leaderboard(runs.runs)));
  EXPECT_THAT(page, HasSubstr("5 methods × 2 datasets × 2 seeds, 20 runs."));
  for (const char* part : {"Average rank", "floor: real against real", "against its control", "Training", "Series",
                           "Features", "Code usage", "All measures", "usage"})
    EXPECT_THAT(page, HasSubstr(part));
  // Of each dataset: seeds, three curves, and four charts a method.
  EXPECT_EQ(count(page, "<div class=chart "), 2u * (1 + 3 + 4 * 5));
  EXPECT_EQ(count(page, "vegaEmbed("), 2u * (1 + 3 + 4 * 5));
}

TEST(Page, StandsWithoutPicturesAndTellsFailures) {
  const TemporaryFolder folder;
  testing::write_made_up({"A", "cbf", 1, "none", "none", {}, "failed", "loss is NaN in step 3"}, folder / "a.h5");
  const Folder runs = read_folder(folder.path());
  const std::string page = own_part(report_page(runs, make_leaderboard(runs.runs, {"mse"})));
  EXPECT_THAT(page, HasSubstr("1 run, of which 1 failed"));
  EXPECT_EQ(count(page, "<div class=chart "), 0u);
}

TEST(Csv, QuotesNamesAndLeavesWhatIsNotThereEmpty) {
  const TemporaryFolder folder;
  testing::write_made_up({"A \"b\", c", "cbf", 1, "none", "none", {{"mse", 0.1}}}, folder / "a.h5");
  const std::string csv = leaderboard_csv(make_leaderboard(read_folder(folder.path()).runs, {"mse"}));
  std::istringstream lines(csv);
  std::string head, line;
  std::getline(lines, head);
  std::getline(lines, line);
  EXPECT_THAT(head, ::testing::StartsWith("dataset,method,measure,version,"));
  EXPECT_THAT(line,
              ::testing::StartsWith(
                  "\"cbf\",\"A \"\"b\"\", c\",\"mse\",1,\"\",\"lower\",0.1,,,,,1,0,0,0,0,,,,900,1024,300,\"\",,,0"));
  EXPECT_EQ(count(head, ","), 25u);
  EXPECT_EQ(count(line, ","), 25u + 1);  // and the one in the name
}

TEST(Json, HasNullsAndNoNaN) {
  const TemporaryFolder temporary;
  const Folder folder = nasty_folder(temporary);
  const std::string text = leaderboard_json(make_leaderboard(folder.runs));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
  const auto json = nlohmann::json::parse(text);
  ASSERT_EQ(json["cells"].size(), 2u * 3u);  // mse, FID and the tokenizer's seconds
  for (const auto& cell : json["cells"]) {
    EXPECT_TRUE(cell["std"].is_null());
    EXPECT_EQ(cell["mean"].is_null(), cell["measure"] == "fid_fcn");
  }
}

TEST(Text, LetsNoEscapeCodesThroughAndKeepsItsWidth) {
  const TemporaryFolder temporary;
  const Folder folder = nasty_folder(temporary);
  EXPECT_THAT(leaderboard_text(make_leaderboard(folder.runs), false), Not(HasSubstr("\x1b")));
  const TemporaryFolder suite;
  testing::write_made_up_suite(suite.path());
  const Folder runs = read_folder(suite.path());
  for (const auto& board : {make_leaderboard(runs.runs), make_leaderboard(runs.runs, all_measures(runs.runs))}) {
    std::istringstream lines(leaderboard_text(board, false, 120));
    for (std::string line; std::getline(lines, line);) {
      const auto width = std::count_if(line.begin(), line.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
      EXPECT_LE(width, 120) << line;
    }
  }
}

TEST(Numbers, AreShort) {
  EXPECT_EQ(short_number(0.09812), "0.0981");
  EXPECT_EQ(short_number(21.27), "21.3");
  EXPECT_EQ(short_number(1234.5), "1234");
  EXPECT_EQ(short_number(0.0000123), "1.2e-05");
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(testing::kNoNumber), "-");
}

}  // namespace
}  // namespace autodidact
