// What a plan would do and how long it would take, before it is done.
#include <nlohmann/json.hpp>

#include "end_to_end/program.hpp"

namespace autodidact::testing {
namespace {

using Json = nlohmann::json;

const std::string kMethods = method("VQVAE", "objective = \"none\"\nprior = \"maskgit\"\n") +
                             method("floor", "objective = \"none\"\nprior = \"unigram\"\n");

Json rehearse(const Scratch& scratch, const fs::path& suite) {
  const Result result = call(scratch, "run " + suite.string() + " --dry-run --json --out " + (scratch / "out").string(),
                             "TMPDIR=" + (scratch / "tmp").string());
  EXPECT_EQ(result.code, 0) << result.err;
  return Json::parse(result.out);
}

std::map<std::string, std::int64_t> counts(const Json& plan) {
  std::map<std::string, std::int64_t> all;
  for (const Json& row : plan["estimate"]["stages"]) {
    all[row["stage"]] = row["to do"];
    EXPECT_GT(row["seconds"].get<double>(), 0) << row;
  }
  return all;
}

TEST(DryRun, CountsSharedStagesOnceAndLeavesNothingBehind) {
  const Scratch scratch;
  fs::create_directories(scratch / "tmp");
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kMethods));
  const std::map<std::string, std::int64_t> want = {{"tokenizer", 1}, {"tokens", 1}, {"prior", 2},
                                                    {"samples", 2},   {"fcn", 1},    {"measures", 2}};
  const Json plan = rehearse(scratch, suite);
  EXPECT_EQ(counts(plan), want);
  EXPECT_EQ(plan["runs"].size(), 2u);
  EXPECT_TRUE(plan["estimate"]["notes"].empty()) << plan["estimate"]["notes"];
  EXPECT_FALSE(fs::exists(scratch / "out"));
  EXPECT_TRUE(fs::is_empty(scratch / "tmp"));

  ASSERT_EQ(call(scratch, "run " + suite.string() + " --out " + (scratch / "out").string()).code, 0);
  EXPECT_TRUE(counts(rehearse(scratch, suite)).empty());
}

TEST(DryRun, CountsAMissingDatasetByItsCardAndNamesWhatItCannotRehearse) {
  const Scratch scratch;
  fs::create_directories(scratch / "tmp");
  const std::string bad =
      method("odd", "objective = \"none\"\nprior = \"unigram\"\nset = { \"tokenizer.n_fft\" = 512 }\n");
  std::string text = tiny_suite(kMethods + bad);
  text.replace(text.find("\"cbf\""), 5, "\"SonyAIBORobotSurface1\"");
  text.replace(text.find("[dataset.cbf]\nn_train = 40\nn_test = 24\n"), 40, "");
  const Json plan = rehearse(scratch, scratch.write("tiny.toml", text));
  EXPECT_EQ(counts(plan).at("prior"), 2);
  const std::string notes = plan["estimate"]["notes"].dump();
  EXPECT_NE(notes.find("by their cards: SonyAIBORobotSurface1"), std::string::npos) << notes;
  EXPECT_NE(notes.find("not rehearsed: odd"), std::string::npos) << notes;
}

}  // namespace
}  // namespace autodidact::testing
