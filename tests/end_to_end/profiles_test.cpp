// The shipped profiles with the real plugins: every key is one, every value is taken.
#include "end_to_end/program.hpp"

namespace autodidact::testing {
namespace {

const fs::path kProfiles = fs::path(AUTODIDACT_SOURCE_DIR) / "benchmarks/profiles";

// The resolved configuration of one method under a profile.
std::string resolved(const std::string& profile, const std::string& tokenizer) {
  const Scratch scratch;
  const fs::path suite = scratch.write(
      "one.toml", "[suite]\nname = \"one\"\nversion = 1\nprofile = \"" + profile +
                      "\"\nbudget = \"full\"\ndatasets = [\"cbf\"]\nseeds = [1]\n\n[[method]]\nname = \"one\"\n"
                      "tokenizer = \"" +
                      tokenizer + "\"\nobjective = \"none\"\nprior = \"maskgit\"\n");
  const Result result = call(scratch, "run " + suite.string() + " --print-config");
  EXPECT_EQ(result.code, 0) << profile << ": " << result.err;
  EXPECT_EQ(result.err, "") << profile;  // no note of a key that nobody takes
  return result.out;
}

std::vector<std::string> lines_with(const std::string& text, const std::string& start) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(start)) found.push_back(line);
  return found;
}

// The tokenizer a profile is for: the first [tokenizer.NAME] of its file.
std::string tokenizer_of(const fs::path& file) {
  const std::string text = slurp(file), open = "[tokenizer.";
  const std::size_t begin = text.find(open) + open.size();
  return text.substr(begin, text.find(']', begin) - begin);
}

TEST(Profiles, EachResolves) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(kProfiles)) {
    const std::string name = entry.path().stem().string();
    EXPECT_FALSE(lines_with(resolved(name, tokenizer_of(entry.path())), "\"tokenizer.").empty()) << name;
    ++count;
  }
  EXPECT_GE(count, 4u);
}

// Benchmarks and readers take one for the other.
TEST(Profiles, TheDefaultsOfTheTokenizerAreThoseOfTvq24) {
  const auto profile = lines_with(resolved("tvq24", "timevqvae"), "\"tokenizer.");
  EXPECT_GT(profile.size(), 15u);
  EXPECT_EQ(profile, lines_with(resolved("thesis", "timevqvae"), "\"tokenizer."));  // which says nothing of timevqvae
}

TEST(Profiles, QuirksAreInThePublishedOneOnly) {
  const std::string published = resolved("thesis_published", "vqvae"), plain = resolved("thesis", "vqvae");
  for (const char* line : {"\"tokenizer.legacy_ema\" = true", "\"prior.mask_convention\" = \"keep\"",
                           "\"prior.loss_on\" = \"all\"", "\"train.prior.tau\" = 1.0"}) {
    EXPECT_NE(published.find(line), std::string::npos) << line;
    EXPECT_EQ(plain.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace autodidact::testing
