// What is told to somebody whose configuration is wrong.
#include "unit/config/fixture.hpp"

namespace autodidact {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class FaultsTest : public ConfigTest {};

TEST_F(FaultsTest, AllAtOnceEachWithItsLine) {
  const std::string text = R"([suite]
name = "s"
profil = "p"
datasets = ["cbf", "cbf"]
seeds = [1, -2]
threads = "two"
budget = "smok"

[protocol]
"train.tokenizer.epoch" = 3
"train.prior.lr" = "fast"
"data.split" = "orginal"

[dataset.cbf]
n_trian = 5

[[method]]
name = "a"
tokenizer = "vqvea"
prior = "maskgit"
set = { "prior.mask_convention" = "maks", "prior.hiden" = 3, "tokenizer.K" = 0 }

[[method]]
name = "a"
tokenizer = "vqvae"
prior = "maskgit"
set = { "prior.mask_convension" = "mask", "tokenizer.K" = 1.5 }
)";
  EXPECT_THAT(
      faults(text),
      UnorderedElementsAre(
          "s.toml:3: suite.profil: unknown key; did you mean 'profile'?", "s.toml:4: datasets: 'cbf' stands twice",
          "s.toml:5: seeds: found integer -2, expected a list of integers, each in [0, 9007199254740992]",
          "s.toml:6: threads: found text 'two', expected an integer in [1, 1024]",
          "s.toml:7: budget: found text 'smok', expected one of full, quick, smoke; did you mean 'smoke'?",
          HasSubstr("s.toml:10: train.tokenizer.epoch: unknown key; did you mean 'train.tokenizer.epochs'"),
          HasSubstr("s.toml:11: train.prior.lr: found text 'fast', expected a number in [0, 1000]"),
          HasSubstr("s.toml:12: data.split: found text 'orginal', expected one of original, stratified_80_20"),
          "s.toml:15: dataset.cbf.n_trian: unknown key; did you mean 'n_train'?",
          HasSubstr(
              "s.toml:19: method.tokenizer: no tokenizer plugin is named 'vqvea'; did you mean 'vqvae'? There are:"),
          "s.toml:21: prior.mask_convention: found text 'maks', expected one of mask, keep; did you mean 'mask'?",
          "s.toml:21: method.set.prior.hiden: prior 'maskgit' has no such parameter; did you mean 'prior.hidden'?",
          "s.toml:24: method.name: two methods are named 'a'",
          "s.toml:27: method.set.prior.mask_convension: prior 'maskgit' has no such parameter; did you mean "
          "'prior.mask_convention'?",
          HasSubstr("s.toml:27: tokenizer.K: found real 1.5, expected an integer in [2, 65536]"),
          HasSubstr("s.toml:24: train.tokenizer.epochs: not given"),
          HasSubstr("s.toml:24: train.prior.epochs: not given")));
}

TEST_F(FaultsTest, ShapeOfTheFile) {
  EXPECT_THAT(faults("[suite\n"), ElementsAre(HasSubstr("s.toml:1:")));
  EXPECT_THAT(faults("[suite]\nname = 1\nname = 2\n"), ElementsAre(HasSubstr("s.toml:3:")));
  EXPECT_THAT(faults(""), Contains("s.toml: suite: not given, expected [suite] with name, datasets and seeds"));
  EXPECT_THAT(faults(""), Contains("s.toml: method: not given, expected at least one [[method]]"));
  EXPECT_THAT(faults(suite("[method]\nname = 1\n")), Contains(HasSubstr("expected [[method]] entries")));
  EXPECT_THAT(faults("[suite]\nname = \"s\"\nprofile = \"p\"\n" + std::string(kVqvae)),
              ElementsAre(HasSubstr("suite.datasets: not given")));
  EXPECT_THAT(faults(suite("[methods]\n" + std::string(kVqvae))),
              ElementsAre(HasSubstr("methods: unknown key; did you mean 'method'?")));
}

TEST_F(FaultsTest, NamesThatAreNotThere) {
  EXPECT_THROW(load_plan("t", {}, sources_), ConfigErrors);
  write("s.toml", suite(kVqvae));
  try {
    load_plan("ss", {}, sources_);
    FAIL();
  } catch (const ConfigErrors& errors) {
    EXPECT_THAT(errors.lines(),
                ElementsAre(HasSubstr("command line: suite: no suite is named 'ss'; did you mean 's'?")));
  }
  EXPECT_THAT(faults(suite(kVqvae), {"profile=q"}), Contains(HasSubstr("no profile is named 'q'; there are: p")));
  EXPECT_THAT(faults(suite(kVqvae), {"methods=VQVA"}),
              Contains(HasSubstr("no method is named 'VQVA'; did you mean 'VQVAE'?; there are VQVAE")));
  EXPECT_THAT(faults(suite(std::string(kVqvae) + "[dataset.cfb]\nn_train = 3\n")),
              Contains(HasSubstr("dataset.cfb: is not among the datasets of the suite; did you mean 'cbf'?")));
  EXPECT_THAT(faults(suite(kVqvae), {"datasets=Wafer", "dataset.Wafer.n_train=3"}),
              Contains(HasSubstr("a dataset read from files has no options")));
}

TEST_F(FaultsTest, ProfilesAreJudgedWhole) {
  write("profiles/p.toml", std::string(kProfile) + "[tokenizer.uniform]\npath = 4\n[objektive.none]\n");
  EXPECT_THAT(
      faults(suite(kVqvae)),
      UnorderedElementsAre("profiles/p.toml:13: tokenizer.uniform.path: unknown parameter; did you mean 'patch'?",
                           "profiles/p.toml:14: objektive: unknown key; did you mean 'objective'?"));
}

TEST_F(FaultsTest, WhatCannotWorkTogether) {
  const auto one = [&](const std::string& method, const std::string& more = "") {
    return faults(suite("[[method]]\nname = \"m\"\nprior = \"maskgit\"\n" + method + more));
  };
  EXPECT_THAT(
      one("tokenizer = \"vqvae\"\nobjective = \"barlow_twins\"\n"),
      ElementsAre(HasSubstr("s.toml:12: method.objective: 'barlow_twins' compares two views and method 'm' has one; "
                            "give it augmentation = \"warp\"")));
  EXPECT_THAT(one("tokenizer = \"vqvae\"\nobjective = \"dense\"\naugmentation = \"slice\"\n"),
              ElementsAre(HasSubstr("compares positions, which step 'slice_shuffle' of augmentation 'slice' moves")));
  EXPECT_THAT(one("tokenizer = \"vqvae\"\nobjective = \"dense\"\naugmentation = \"gauss\"\n"), testing::IsEmpty());
  const std::string rows = "set = { \"ssl.pool\" = \"none\" }\n",
                    twins = "tokenizer = \"vqvae\"\nobjective = \"barlow_twins\"\n";
  EXPECT_THAT(
      one(twins + "augmentation = \"warp\"\n" + rows),
      ElementsAre(HasSubstr("ssl.pool: with \"none\" method 'm' compares positions, which step 'window_warp' of "
                            "augmentation 'warp' moves; take one that keeps them, as gauss does, or pool by")));
  EXPECT_THAT(one(twins + "augmentation = \"gauss\"\n" + rows), testing::IsEmpty());
  EXPECT_THAT(one(twins + "augmentation = \"warp\"\nset = { \"ssl.pool\" = \"sum\" }\n"),
              ElementsAre(HasSubstr("expected one of avgmax, avg, max, none")));
  EXPECT_THAT(one("tokenizer = \"vqvae\"\ntrials = 20\n"), ElementsAre(HasSubstr("data.validation must be above 0")));
  EXPECT_THAT(one("tokenizer = \"uniform\"\nset = { \"train.prior.tau\" = 1 }\n"),
              Contains(HasSubstr("tokenizer 'uniform' cannot draw tokens")));
  EXPECT_THAT(one("tokenizer = \"vqvae\"\nset = { \"ssl.rho\" = 1 }\n"),
              ElementsAre(HasSubstr("method.set.ssl.rho: has no effect on method 'm': it has one branch only")));
  EXPECT_THAT(one("tokenizer = \"vqvae\"\naugmentation = \"wrap\"\n"),
              ElementsAre(HasSubstr("no augmentation set is named 'wrap'; did you mean 'warp'")));
  EXPECT_THAT(one("tokenizer = \"vqvae\"\nset = { \"train.prior.steps\" = 5, \"train.prior.epochs\" = 5 }\n"),
              Contains(HasSubstr("train.prior.steps: given together with train.prior.epochs; keep one of them")));
  EXPECT_THAT(one("tokenizer = \"vqvae\"\nset = { \"tokenizer.K\" = 5 }\n", "[grid]\n\"tokenizer.K\" = [4]\n"),
              Contains(HasSubstr("is varied in [grid] as well")));
}

TEST_F(FaultsTest, KeysThatNobodyHas) {
  EXPECT_THAT(
      faults(suite(std::string(kVqvae) + "[grid]\n\"tokenizer.k\" = [1]\n")),
      Contains(HasSubstr("s.toml:13: grid.tokenizer.k: no method has such a parameter; did you mean 'tokenizer.K'?")));
  EXPECT_THAT(faults(suite(kVqvae), {"tokenizer.J=1"}),
              Contains(HasSubstr("command line: tokenizer.J: no method has such")));
  EXPECT_THAT(faults(suite(kVqvae), {"train.prior.learning=1"}),
              Contains(HasSubstr("train.prior.learning: unknown key")));
  EXPECT_THAT(faults(suite(kVqvae), {"smoke"}), ElementsAre("command line: found 'smoke', expected key=value"));
  EXPECT_THAT(faults(suite(kVqvae), {"tokenizer.K=many"}),
              Contains("command line: tokenizer.K: found text 'many', expected an integer in [2, 65536]"));
  EXPECT_THAT(faults(suite(std::string(kVqvae) + "[grid]\n\"tokenizer.K\" = [16, 1]\n")),
              Contains(HasSubstr("s.toml:13: tokenizer.K: found integer 1, expected an integer in [2, 65536]")));
}

TEST_F(FaultsTest, AugmentationSets) {
  const auto set = [&](const std::string& text) { return faults(suite(text + kVqvae)); };
  EXPECT_THAT(set("[augmentation.warp]\nsteps = []\n"), ElementsAre(HasSubstr("'warp' has a meaning already")));
  EXPECT_THAT(set("[augmentation.a]\n"), ElementsAre(HasSubstr("augmentation.a.steps: not given")));
  EXPECT_THAT(set("[augmentation.a]\nsteps = [{ kind = \"gauss_noise\" }]\n"),
              ElementsAre(HasSubstr("did you mean 'gaussian_noise'?")));
  EXPECT_THAT(set("[augmentation.a]\nsteps = [{ kind = \"gaussian_noise\", sdt = 1 }]\n"),
              ElementsAre(HasSubstr("augmentation.a.gaussian_noise.sdt: unknown key; did you mean 'std'?")));
  EXPECT_THAT(set("[augmentation.a]\nsteps = [{ kind = \"stft_mask\", hop = 20 }]\n"),
              ElementsAre(HasSubstr("stft_mask: hop is above n_fft / 2")));
  EXPECT_THAT(set("[augmentation.a]\nsteps = [{ kind = \"flip\", p = 2 }]\n"),
              ElementsAre(HasSubstr("augmentation.a.flip.p: found integer 2, expected a number in [0, 1]")));
  EXPECT_THAT(set("[augmentation.a]\nsteps = [{ kind = \"window_warp\", scale_min = 3 }]\n"),
              ElementsAre(HasSubstr("scale_min is above scale_max")));
}

}  // namespace
}  // namespace autodidact
