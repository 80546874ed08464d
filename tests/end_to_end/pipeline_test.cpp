// From a suite to records and a table, the way a researcher does it.
#include <fcntl.h>
#include <signal.h>

#include <random>
#include <thread>

#include "end_to_end/program.hpp"

namespace autodidact::testing {
namespace {

const std::string kPlain = method("VQVAE", "objective = \"none\"\nprior = \"maskgit\"\n");

TEST(Pipeline, SecondRunTrainsNothingAndASecondFolderGivesTheSameBytes) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain));
  const std::string line = "run " + suite.string() + " --out ";
  const Result first = call(scratch, line + (scratch / "a").string());
  ASSERT_EQ(first.code, 0) << first.err;
  const auto before = fs::last_write_time(only_record(scratch / "a"));
  const Result second = call(scratch, line + (scratch / "a").string());
  EXPECT_EQ(second.code, 0);
  EXPECT_NE(second.err.find("nothing to train"), std::string::npos) << second.err;
  EXPECT_EQ(fs::last_write_time(only_record(scratch / "a")), before);
  ASSERT_EQ(call(scratch, line + (scratch / "b").string()).code, 0);
  EXPECT_EQ(digests(scratch / "a"), digests(scratch / "b"));
  EXPECT_EQ(digests(scratch / "a").size(), 1u);
}

TEST(Pipeline, TwoPriorsShareOneTokenizer) {
  const Scratch scratch;
  const std::string methods = kPlain + method("floor", "objective = \"none\"\nprior = \"unigram\"\n");
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(methods));
  const Result run = call(scratch, "run " + suite.string() + " --jobs 1 --out " + (scratch / "out").string());
  ASSERT_EQ(run.code, 0) << run.err;
  std::size_t tokenizers = 0;
  for (const auto& entry : fs::directory_iterator(scratch / "out/stages")) {
    if (entry.path().extension() != ".h5") continue;
    const Record record = read_record(entry.path(), {[](const std::string& p) { return p.starts_with("stage/"); }});
    tokenizers += record.texts.count("stage/tokenizer");
  }
  EXPECT_EQ(tokenizers, 1u);
  EXPECT_EQ(digests(scratch / "out").size(), 2u);
}

// With a rate of 0 nothing learns: whatever the objective, the tokenizer must be what it was made as, and the
// statistics that both branches move must be equal too. So no objective shifts another component's random numbers.
TEST(Pipeline, ObjectiveDoesNotTouchTheTokenizersRandomness) {
  const Scratch scratch;
  const std::string prior = "augmentation = \"warp\"\nprior = \"unigram\"\nset = { \"train.tokenizer.lr\" = 0.0";
  const std::string methods =
      method("control", "objective = \"none\"\n" + prior + " }\n") +
      method("barlow", "objective = \"barlow_twins\"\n" + prior + ", \"objective.width\" = 64 }\n");
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(methods));
  const Result run = call(scratch, "run " + suite.string() + " --out " + (scratch / "out").string());
  ASSERT_EQ(run.code, 0) << run.err;
  std::vector<std::string> weights;
  for (const auto& entry : fs::directory_iterator(scratch / "out"))
    if (entry.path().extension() == ".h5")
      weights.push_back(content_digest(read_record(entry.path()), {"weights/tokenizer/"}));
  ASSERT_EQ(weights.size(), 2u);
  EXPECT_EQ(weights[0], weights[1]);
}

TEST(Pipeline, HundredSamplesAreTheFirstHundredOfAThousand) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain));
  ASSERT_EQ(call(scratch, "run " + suite.string() + " --out " + (scratch / "out").string()).code, 0);
  const std::string record = only_record(scratch / "out").string();
  for (const char* which : {"", " --class 2"}) {
    const std::string line = "generate " + record + which + " -o ";
    ASSERT_EQ(call(scratch, line + (scratch / "few.h5").string() + " -n 100").code, 0);
    ASSERT_EQ(call(scratch, line + (scratch / "many.h5").string() + " -n 1000").code, 0);
    const Array few = read_record(scratch / "few.h5").array("x"), many = read_record(scratch / "many.h5").array("x");
    ASSERT_EQ(few.shape, (std::vector<std::int64_t>{100, 1, 128}));
    ASSERT_EQ(many.shape, (std::vector<std::int64_t>{1000, 1, 128}));
    EXPECT_TRUE(std::equal(few.data.begin(), few.data.end(), many.data.begin())) << which;
  }
}

// Lines of a UCR file.
std::string own_series(int length) {
  std::string text;
  for (int i = 0; i < 3; ++i) {
    text += std::to_string(i % 2);
    for (int t = 0; t < length; ++t) text += "\t" + std::to_string(0.01 * t * (i + 1) - 0.5);
    text += "\n";
  }
  return text;
}

TEST(Pipeline, EncodesSeriesOfOnesOwn) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain));
  ASSERT_EQ(call(scratch, "run " + suite.string() + " --out " + (scratch / "out").string()).code, 0);
  const std::string line =
      "encode " + only_record(scratch / "out").string() + " -o " + (scratch / "f.h5").string() + " --data ";
  const Result right = call(scratch, line + scratch.write("own.tsv", own_series(128)).string());
  ASSERT_EQ(right.code, 0) << right.err;
  const Record encoded = read_record(scratch / "f.h5");
  EXPECT_EQ(encoded.array("tokens").shape, (std::vector<std::int64_t>{3, 40}));
  EXPECT_EQ(encoded.array("reconstruction").shape, (std::vector<std::int64_t>{3, 1, 128}));
  EXPECT_EQ(encoded.texts.at("labels"), "0\n1\n0\n");
  const Result wrong = call(scratch, line + scratch.write("short.tsv", own_series(100)).string());
  EXPECT_EQ(wrong.code, 4);
  EXPECT_NE(wrong.err.find("length 100, expected 1 and 128"), std::string::npos) << wrong.err;
}

TEST(Pipeline, ScoringAgainGivesTheSameMeasures) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain));
  ASSERT_EQ(call(scratch, "run " + suite.string() + " --out " + (scratch / "out").string()).code, 0);
  const auto before = digests(scratch / "out");
  const Result again = call(scratch, "score " + only_record(scratch / "out").string());
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(digests(scratch / "out"), before);
}

pid_t start(const std::vector<std::string>& words) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

// kill -9 of everything at random moments; whatever was left is taken up, and the end has the digests of an unbroken
// run.
TEST(Pipeline, KilledRunsEndWithTheDigestsOfAnUnbrokenRun) {
  const Scratch scratch;
  const std::string barlow = method("barlow",
                                    "objective = \"barlow_twins\"\naugmentation = \"warp\"\nprior = \"maskgit\"\nset = "
                                    "{ \"objective.width\" = 64 }\n");
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain + barlow));
  ASSERT_EQ(call(scratch, "run " + suite.string() + " --out " + (scratch / "whole").string()).code, 0);
  std::mt19937 random(5);
  for (int kill = 0; kill < 6; ++kill) {
    const pid_t pid =
        start({kProgram, "run", suite.string(), "--checkpoint-seconds", "0", "--out", scratch / "broken"});
    std::this_thread::sleep_for(std::chrono::milliseconds(300 + random() % 2500));
    ::kill(-pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
  }
  const Result last = call(scratch, "run " + suite.string() + " --out " + (scratch / "broken").string());
  ASSERT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(digests(scratch / "broken"), digests(scratch / "whole"));
}

TEST(Pipeline, InterruptWritesACheckpointAndSaysSo) {
  const Scratch scratch;
  const fs::path suite = scratch.write("tiny.toml", tiny_suite(kPlain));
  const pid_t pid = start({kProgram, "run", suite.string(), "train.tokenizer.epochs=100000", "--out", scratch / "out"});
  const auto begun = [&] {
    for (int i = 0; i < 600; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      if (!fs::exists(scratch / "out/stages")) continue;
      for (const auto& entry : fs::directory_iterator(scratch / "out/stages"))
        if (entry.path().extension() == ".claim") return true;
    }
    return false;
  }();
  ASSERT_TRUE(begun);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  ::kill(pid, SIGTERM);
  int status = 0;
  ::waitpid(pid, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 75);
  bool checkpoint = false;
  for (const auto& entry : fs::directory_iterator(scratch / "out/stages"))
    checkpoint = checkpoint || entry.path().string().ends_with(".checkpoint.h5");
  EXPECT_TRUE(checkpoint);
}

}  // namespace
}  // namespace autodidact::testing
