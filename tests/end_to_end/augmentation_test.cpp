// list augmentations, show augmentation: in words, as JSON, and as a page.
#include <cmath>
#include <nlohmann/json.hpp>

#include "end_to_end/browser.hpp"

namespace autodidact::testing {
namespace {

using Json = nlohmann::json;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(AugmentationVerb, ListsAndShowsInWords) {
  const Scratch scratch;
  const Result list = call(scratch, "list augmentations");
  ASSERT_EQ(list.code, 0) << list.err;
  EXPECT_TRUE(has(list.out, "random_crop (crop_ratio 0.5), uniform_resize (rate 0.3)")) << list.out;
  const Json rows = Json::parse(call(scratch, "list augmentations --json").out);
  std::map<std::string, std::string> moves;
  for (const Json& row : rows) moves[row["name"]] = row["moves positions"];
  EXPECT_EQ(moves.at("warp"), "yes");
  EXPECT_EQ(moves.at("phase"), "no");

  const Result warp = call(scratch, "show augmentation warp");
  ASSERT_EQ(warp.code, 0) << warp.err;
  for (const char* word : {"window_warp", "scale_max", "[0.01, 100]", "amplitude_resize", "built in"})
    EXPECT_TRUE(has(warp.out, word)) << word << "\n" << warp.out;
  const Json fields = Json::parse(call(scratch, "show augmentation warp --json").out);
  EXPECT_EQ(fields["steps"].size(), 2u);
  EXPECT_EQ(fields["parameters"].size(), 4u);
  EXPECT_EQ(fields["parameters"][2]["value"], 2.0);
  EXPECT_EQ(fields["moves positions"], true);
}

TEST(AugmentationVerb, Mistakes) {
  const Scratch scratch;
  const auto fails = [&](const std::string& line, int code, const std::string& part) {
    const Result result = call(scratch, line);
    EXPECT_EQ(result.code, code) << line << "\n" << result.err;
    EXPECT_TRUE(has(result.err, part)) << line << "\n" << result.err;
    EXPECT_EQ(result.out, "") << line;
  };
  const std::string page = (scratch / "page.html").string();
  fails("show augmentation wrap", 2, "no augmentation set is named 'wrap'; did you mean 'warp'");
  fails("show augmentation warp --html " + page, 2, "--dataset");
  fails("show augmentation warp --dataset cbf", 2, "--html FILE");
  fails("show augmentation warp --dataset cbff --html " + page, 4, "'cbf'");
  fails("show dataset cbf --suite demo", 2, "show augmentation");
  fails("show plugin vqvae --seed 3 --dataset cbf", 2, "show augmentation");
  fails("show augmentation warp -n 3", 2, "--dataset");
  fails("show augmentation warp --suite nowhere", 2, "nowhere");
  fails("show augmentation warp --dataset cbf --html " + (scratch / "no/such/page.html").string(), 4, "cannot write");
  EXPECT_FALSE(fs::exists(page));
}

TEST(AugmentationVerb, SeedsDecideTheDraws) {
  const Scratch scratch;
  const auto series = [&](const std::string& more) {
    const Result result = call(scratch, "show augmentation slope --dataset cbf --json " + more);
    EXPECT_EQ(result.code, 0) << result.err;
    return Json::parse(result.out)["examples"]["series"];
  };
  const Json one = series("-n 4"), again = series("-n 4 --seed 1"), other = series("-n 4 --seed 2");
  ASSERT_EQ(one.size(), 4u);
  EXPECT_EQ(one, again);
  EXPECT_EQ(one[0]["original"], other[0]["original"]);
  EXPECT_NE(one[0]["augmented"], other[0]["augmented"]);
  std::set<std::string> classes;
  for (const Json& entry : one) {
    classes.insert(entry["class"]);
    const auto before = entry["original"][0].get<std::vector<double>>(),
               after = entry["augmented"][0].get<std::vector<double>>();
    ASSERT_EQ(before.size(), 128u);
    const double rate = (after[127] - before[127]) / 127;
    EXPECT_LE(std::abs(rate), 0.005);
    EXPECT_NEAR(after[50] - before[50], 50 * rate, 1e-5);
  }
  EXPECT_EQ(classes.size(), 3u);  // of CBF, in turn
}

TEST(AugmentationVerb, DrawsAPage) {
  const Scratch scratch;
  const fs::path file = scratch / "page.html";
  const Result result = call(scratch, "show augmentation vibcreg --dataset cbf -n 5 --html " + file.string());
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(has(result.out, "crop_ratio")) << result.out;
  const std::string text = slurp(file);
  for (const char* part : {"Augmentation “vibcreg” on cbf", "crop_ratio", "vertical_shift", "time step", "class"})
    EXPECT_TRUE(has(text, part)) << part;
  if (browser().empty()) GTEST_SKIP() << "no chromium here: `scripts/setup --dev` installs it";
  const Rendered page = render(scratch, file);
  ASSERT_EQ(page.code, 0) << page.console;
  EXPECT_EQ(page.console, "");
  EXPECT_EQ(count(page.dom, "id=\"chart"), 5u);
  EXPECT_EQ(empty_charts(page.dom), 0u);
}

// Three channels and seven values, a set of a suite, names that would break out of HTML.
TEST(AugmentationVerb, OwnSetsOnDataOfOnesOwn) {
  const Scratch scratch;
  fs::create_directory(scratch / "Mine");
  std::string series =
      "@problemName Mine\n@timeStamps false\n@univariate false\n@dimensions 3\n@equalLength true\n"
      "@seriesLength 7\n@classLabel true <b> b\n@data\n";
  for (const char* label : {"<b>", "b", "<b>", "b"})
    series += "1,2,3,4,3,2,1:0,1,0,1,0,1,0:5,4,5,6,5,4,5:" + std::string(label) + "\n";
  for (const char* part : {"Mine/Mine_TRAIN.ts", "Mine/Mine_TEST.ts"}) scratch.write(part, series);
  const fs::path suite = scratch.write(
      "own.toml", tiny_suite("\n[augmentation.\"<i>soft\"]\nsteps = [{ kind = \"stft_phase\", std = 0.3 }, { kind = "
                             "\"slice_shuffle\", segments = 2 }]\n" +
                             method("one", "objective = \"none\"\nprior = \"unigram\"\n")));
  const fs::path file = scratch / "page.html";
  const std::string line = "show augmentation '<i>soft' --suite " + suite.string() + " --data " +
                           scratch.path().string() + " --dataset Mine --html " + file.string();
  const Result result = call(scratch, line);
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(has(result.out, suite.string())) << result.out;
  EXPECT_FALSE(has(slurp(file), "<i>soft"));
  const Json fields = Json::parse(call(scratch, line + " --json").out);
  EXPECT_EQ(fields["examples"]["series"].size(), 4u);  // no more than there are
  EXPECT_EQ(fields["examples"]["series"][0]["augmented"].size(), 3u);
  if (browser().empty()) GTEST_SKIP() << "no chromium here: `scripts/setup --dev` installs it";
  const Rendered page = render(scratch, file);
  EXPECT_EQ(page.console, "");
  EXPECT_EQ(empty_charts(page.dom), 0u);
  EXPECT_EQ(count(page.dom, ">channel 3<"), 4u);
}

}  // namespace
}  // namespace autodidact::testing
