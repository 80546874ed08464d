// Mistakes a user makes, and what the program says of them.
#include "end_to_end/program.hpp"

namespace autodidact::testing {
namespace {

TEST(Errors, AllMistakesOfASuiteAtOnceWithFileLineAndNearestName) {
  const Scratch scratch;
  const fs::path suite = scratch.write(
      "bad.toml", tiny_suite(method("one", "objective = \"barlow_twin\"\naugmentation = \"warp\"\nprior = \"maskgit\"\n") +
                             method("two", "objective = \"none\"\nprior = \"maskgit\"\nset = { \"tokenizer.KK\" = 3 }\n")));
  const Result result = call(scratch, "run " + suite.string());
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("bad.toml:"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("barlow_twins"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("tokenizer.KK"), std::string::npos) << result.err;
}

TEST(Errors, MissingDatasetIsAMissingCellAndTheRestRuns) {
  const Scratch scratch;
  const std::string plain = method("VQVAE", "objective = \"none\"\nprior = \"unigram\"\n");
  std::string text = tiny_suite(plain);
  text.replace(text.find("[\"cbf\"]"), 7, "[\"Nowhere\", \"cbf\"]");
  const fs::path suite = scratch.write("tiny.toml", text);
  const Result result = call(scratch, "run " + suite.string() + " --out " + (scratch / "out").string());
  EXPECT_EQ(result.code, 4) << result.err;
  EXPECT_NE(result.out.find("missing"), std::string::npos) << result.out;
  EXPECT_EQ(digests(scratch / "out").size(), 1u);
}

TEST(Errors, UsageGoesToStderrWithCodeTwo) {
  const Scratch scratch;
  const Result result = call(scratch, "run");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.out.empty());
  EXPECT_EQ(call(scratch, "--help").code, 0);
  EXPECT_EQ(call(scratch, "--version").code, 0);
  EXPECT_EQ(call(scratch, "show plugin nothing_like_it").code, 2);
  EXPECT_EQ(call(scratch, "score " + scratch.write("not.h5", "text").string()).code, 4);
}

TEST(Errors, DivergedRunIsARowAndTheSuiteGoesOn) {
  const Scratch scratch;
  const std::string methods =
      method("wild", "objective = \"none\"\nprior = \"unigram\"\nset = { \"train.tokenizer.lr\" = 1000.0, \"train.tokenizer.weight_decay\" = 1000.0 }\n") +
      method("tame", "objective = \"none\"\nprior = \"unigram\"\n");
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(methods));
  const Result result = call(scratch, "run " + suite.string() + " --out " + (scratch / "out").string());
  EXPECT_EQ(result.code, 5) << result.err;
  const auto all = digests(scratch / "out");
  EXPECT_EQ(all.count("cbf/wild/1/failed"), 1u);
  EXPECT_EQ(all.count("cbf/tame/1/ok"), 1u);
}

}  // namespace
}  // namespace autodidact::testing
