// Mistakes a user makes, and what the program says of them.
#include "end_to_end/program.hpp"

namespace autodidact::testing {
namespace {

TEST(Errors, AllMistakesOfASuiteAtOnceWithFileLineAndNearestName) {
  const Scratch scratch;
  const fs::path suite = scratch.write(
      "bad.toml",
      tiny_suite(method("one", "objective = \"barlow_twin\"\naugmentation = \"warp\"\nprior = \"maskgit\"\n") +
                 method("two", "objective = \"none\"\nprior = \"maskgit\"\nset = { \"tokenizer.KK\" = 3 }\n")));
  const Result result = call(scratch, "run " + suite.string());
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("bad.toml:"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("barlow_twins"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("tokenizer.KK"), std::string::npos) << result.err;
}

// Unusable files among the plugins, one that throws when it is used: a line each, a failed row, and the rest is done.
TEST(Errors, BadPluginsAreToldOnceAndTheSuiteGoesOn) {
  const Scratch scratch;
  fs::create_directory(scratch / "plugins");
  scratch.write("plugins/text.so", "no plugin");
  std::string methods;
  for (const std::string name : {"throws_in_create", "calls_exit", "draws_at_load", "crashes_at_exit"}) {
    fs::copy_file(fs::path(AUTODIDACT_BINARY_DIR) / "tests/bad_plugins" / (name + ".so"),
                  scratch / ("plugins/" + name + ".so"));
    methods += "\n[[method]]\nname = \"" + name + "\"\ntokenizer = \"" + name +
               "\"\nobjective = \"none\"\nprior = \"unigram\"\n";
  }
  methods += method("good", "objective = \"none\"\nprior = \"maskgit\"\n");
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(methods));
  const Result result = call(scratch, "run " + suite.string() + " --plugin-path " + (scratch / "plugins").string() +
                                          " --out " + (scratch / "out").string());
  EXPECT_EQ(result.code, 1) << result.err;
  const std::string line = "text.so: not a shared library";
  const std::size_t first = result.err.find(line);
  EXPECT_NE(first, std::string::npos) << result.err;
  EXPECT_EQ(result.err.find(line, first + 1), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("K must divide the moon"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("exit code 0 in stage 'tokenizer' before the run was done"), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("draws from LibTorch's random numbers"), std::string::npos) << result.out;
  const std::string table = call(scratch, "leaderboard " + (scratch / "out").string()).out;
  for (const char* name : {"throws_in_create", "calls_exit", "draws_at_load"})
    EXPECT_NE(table.find("cbf · " + std::string(name) + ": 1 run failed"), std::string::npos) << table;
  // What a plugin does when its process ends comes too late to spoil a finished run.
  for (const char* name : {"crashes_at_exit", "good"})
    EXPECT_EQ(table.find("cbf · " + std::string(name) + ": 1 run failed"), std::string::npos) << table;
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

// The demo's comment has a second paragraph, behind a line of nothing but the sign of a comment.
TEST(Listing, SuitesShowTheFirstParagraphOfTheirComment) {
  const Scratch scratch;
  const Result result = call(scratch, "list suites");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("Does a self-supervised objective help"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("What it shows"), std::string::npos) << result.out;
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

TEST(Errors, WhatStandsBehindAFolderIsNotPartOfIt) {
  const Scratch scratch;
  const Result result = call(scratch, "run demo --data " + scratch.path().string() +
                                          " budget=smoke seeds=[7] methods=VQVAE datasets=cbf --print-config");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("budget = \"smoke\""), std::string::npos) << result.out;
  EXPECT_EQ(call(scratch, "list datasets --data /nowhere/at/all").code, 2);
}

TEST(Errors, OptionsThatWouldDoNothingAreRefused) {
  const Scratch scratch;
  const std::string record = scratch.write("run.h5", "").string();
  for (const char* option : {"--name x", "--scaled", "--any-scale", "--out elsewhere", "--layout NCL"}) {
    const Result result = call(scratch, "score " + record + " " + option);
    EXPECT_EQ(result.code, 2) << option;
    EXPECT_NE(result.err.find("is for --samples FILE"), std::string::npos) << result.err;
  }
}

TEST(Errors, AWrongVerbIsNamedWithTheOneThatWasMeant) {
  const Scratch scratch;
  EXPECT_NE(call(scratch, "lst plugins").err.find("error: 'lst' is no verb; did you mean 'list'?"), std::string::npos);
  const Result nameless = call(scratch, "show plugin");
  EXPECT_EQ(nameless.code, 2);
  EXPECT_NE(nameless.err.find("expected show plugin NAME"), std::string::npos) << nameless.err;
  EXPECT_NE(call(scratch, "show plugin vqvea").err.find("did you mean 'vqvae'?"), std::string::npos);
}

TEST(Errors, DivergedRunIsARowAndTheSuiteGoesOn) {
  const Scratch scratch;
  const std::string methods = method("wild",
                                     "objective = \"none\"\nprior = \"unigram\"\nset = { \"train.tokenizer.lr\" = "
                                     "1000.0, \"train.tokenizer.weight_decay\" = 1000.0 }\n") +
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
