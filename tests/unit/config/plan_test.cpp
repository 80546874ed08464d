#include <set>

#include "unit/config/fixture.hpp"

namespace autodidact {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PlanTest : public ConfigTest {};

TEST_F(PlanTest, ProfileAndDefaultsAreResolved) {
  const Plan p = plan(suite(std::string(kVqvae) + kControl + kBarlow));
  EXPECT_THAT(p.notes, IsEmpty());
  ASSERT_EQ(p.runs.size(), 6u);
  const Run& run = p.runs.front();
  EXPECT_EQ(run.suite, "s");
  EXPECT_EQ(run.suite_version, 2);
  EXPECT_EQ(run.train_tokenizer.epochs, 1000);
  EXPECT_EQ(run.train_prior.batch, 256);
  EXPECT_EQ(std::get<double>(run.tokenizer.params.at("decay")), 0.8);
  EXPECT_EQ(std::get<std::int64_t>(run.tokenizer.params.at("K")), 32);
  EXPECT_EQ(run.prior.train_params().count("choice_temperature"), 0u);
  EXPECT_EQ(run.prior.sample_params().count("choice_temperature"), 1u);
  EXPECT_EQ(std::get<std::int64_t>(run.dataset_options.at("n_train")), 30);
  EXPECT_FALSE(run.two_branch());

  const Run& control = p.runs[2];
  EXPECT_TRUE(control.two_branch());
  EXPECT_EQ(control.ssl.weight, 0);
  EXPECT_EQ(control.ssl.rho, 0.2);
  EXPECT_EQ(control.augmentation_steps.size(), 2u);
  EXPECT_EQ(p.runs[4].ssl.weight, 1.0);
  EXPECT_EQ(p.runs[5].seed, 2);
}

TEST_F(PlanTest, Budgets) {
  const auto first = [&](const std::string& budget) { return plan(suite(kVqvae), {"budget=" + budget}).runs.front(); };
  EXPECT_EQ(first("full").train_tokenizer.epochs, 1000);
  EXPECT_EQ(first("quick").train_prior.epochs, 50);
  const Run smoke = first("smoke");
  EXPECT_EQ(smoke.train_tokenizer.epochs, 2);
  EXPECT_EQ(smoke.max_series, 64);
  EXPECT_EQ(smoke.evaluation.unconditional, 64);
  EXPECT_EQ(smoke.evaluation.fcn_steps, 20);
  const Run own = first("{ tokenizer = { steps = 1500 }, prior = 5, samples = 100, fcn = { tflop = 2 } }");
  EXPECT_EQ(own.train_tokenizer.steps, 1500);
  EXPECT_EQ(own.train_tokenizer.epochs, 0);
  EXPECT_EQ(own.train_prior.epochs, 5);
  EXPECT_EQ(own.evaluation.conditional, 100);
  EXPECT_EQ(own.evaluation.fcn_tflop, 2.0);
  EXPECT_EQ(own.budget, "{ fcn = { tflop = 2 }, prior = 5, samples = 100, tokenizer = { steps = 1500 } }");
}

TEST_F(PlanTest, LaterLayersWin) {
  const std::string text =
      suite("[protocol]\n\"train.prior.lr\" = 0.1\n\"data.split\" = \"stratified_80_20\"\n" + std::string(kVqvae) +
            "set = { \"train.prior.lr\" = 1, tokenizer.K = 64, \"tokenizer.vqvae.decay\" = 1 }\n");
  Run run = plan(text).runs.front();
  EXPECT_EQ(run.train_prior.lr, 1.0);
  EXPECT_EQ(run.split, "stratified_80_20");
  EXPECT_EQ(std::get<std::int64_t>(run.tokenizer.params.at("K")), 64);
  EXPECT_EQ(std::get<double>(run.tokenizer.params.at("decay")), 1.0);
  run = plan(text, {"train.prior.lr=1e-4", "tokenizer.K=8", "seeds=[7]", "dataset.cbf.n_train=300"}).runs.front();
  EXPECT_EQ(run.train_prior.lr, 1e-4);
  EXPECT_EQ(std::get<std::int64_t>(run.tokenizer.params.at("K")), 8);
  EXPECT_EQ(run.seed, 7);
  EXPECT_EQ(std::get<std::int64_t>(run.dataset_options.at("n_train")), 300);
}

TEST_F(PlanTest, GridRunsOnlyWhatAppliesToAMethod) {
  const Plan p = plan(suite(std::string(kVqvae) + kControl + kBarlow +
                            "[grid]\n\"tokenizer.K\" = [16, 32]\n\"objective.lambda\" = [0.1, 0.2, 0.3]\n"
                            "augmentation = [\"warp\", \"gauss\"]\n"),
                      {"seeds=[1]"});
  std::map<std::string, int> count;
  for (const Run& run : p.runs) ++count[run.method];
  EXPECT_EQ(count["VQVAE"], 2);
  EXPECT_EQ(count["control"], 4);
  EXPECT_EQ(count["Barlow Twins"], 12);
  EXPECT_THAT(p.notes,
              Contains(HasSubstr("'VQVAE' is run once without the factor 'objective.lambda': objective 'none' has "
                                 "no such parameter")));
  EXPECT_THAT(p.notes, Contains(HasSubstr("'VQVAE' is run once without the factor 'augmentation': it has one branch")));
  EXPECT_EQ(std::get<std::int64_t>(p.runs.front().factors.at("tokenizer.K")), 16);
  EXPECT_EQ(p.runs.front().factors.size(), 1u);
}

TEST_F(PlanTest, PairingsAreFactorsAndStandInTheConfiguration) {
  const Plan p = plan(
      suite(std::string(kBarlow) + "[grid]\n\"ssl.pool\" = [\"avgmax\", \"none\"]\n\"ssl.views\" = [1, 2]\n"
                                   "\"ssl.pairing\" = [\"quantised_continuous\", \"continuous\", \"quantised\"]\n"),
      {"seeds=[1]", "augmentation=gauss"});
  std::set<std::string> seen;
  for (const Run& run : p.runs) {
    const Values flat = run.flat();
    EXPECT_EQ(flat.at("ssl.pool"), run.factors.at("ssl.pool"));
    seen.insert(run.ssl.pool + " " + run.ssl.pairing + " " + std::to_string(run.ssl.views));
    EXPECT_THAT(run.to_toml(), HasSubstr("\"ssl.pool\" = \"" + run.ssl.pool + "\""));
  }
  EXPECT_EQ(seen.size(), 12u);
}

TEST_F(PlanTest, CommandLineReplacesAFactor) {
  const Plan p = plan(suite(std::string(kVqvae) + "[grid]\n\"tokenizer.K\" = [16, 32]\n"), {"tokenizer.K=64"});
  EXPECT_EQ(p.runs.size(), 2u);
  EXPECT_THAT(p.notes, ElementsAre(HasSubstr("grid.tokenizer.K is replaced by tokenizer.K=64")));
  EXPECT_EQ(plan(suite(kVqvae), {"grid.tokenizer.K=[4, 8, 16]"}).runs.size(), 6u);
}

TEST_F(PlanTest, OwnAugmentationSets) {
  const std::string own = "[augmentation.soft]\nsteps = [{ kind = \"gaussian_noise\", std = 1 }]\n";
  const Plan p = plan(suite(own + kBarlow), {"augmentation=soft"});
  EXPECT_EQ(p.runs.front().augmentation, "soft");
  EXPECT_EQ(std::get<double>(p.runs.front().augmentation_steps.at(0).params.at("std")), 1.0);
  EXPECT_EQ(std::get<double>(p.runs.front().augmentation_steps.at(0).params.at("mean")), 0.0);
}

TEST_F(PlanTest, NotesSayWhatIsLeftOut) {
  EXPECT_THAT(plan(suite(kBarlow)).notes, ElementsAre(HasSubstr("has no control")));
  EXPECT_THAT(plan(suite(kVqvae), {"budget=quick", "train.prior.epochs=3"}).notes, IsEmpty());
  EXPECT_THAT(plan(suite(std::string("[protocol]\ntrain.prior.epochs = 3\n") + kVqvae), {"budget=quick"}).notes,
              ElementsAre(HasSubstr("protocol.train.prior.epochs has no effect: budget quick sets it")));
  const std::string unigram = "[[method]]\nname = \"u\"\ntokenizer = \"uniform\"\nprior = \"unigram\"\n";
  EXPECT_THAT(plan(suite(unigram)).notes, ElementsAre(HasSubstr("takes no classes")));
  write("profiles/q.toml", std::string(kProfile) + "[tokenizer.other]\nx = 1\n");
  EXPECT_THAT(plan(suite(kVqvae), {"profile=q"}).notes, ElementsAre(HasSubstr("[tokenizer.other] is for a plugin")));
}

TEST_F(PlanTest, RowsMayBeChosen) {
  const Plan p = plan(suite(std::string(kVqvae) + kControl + kBarlow), {"methods=VQVAE,Barlow Twins", "seeds=3"});
  ASSERT_EQ(p.runs.size(), 2u);
  EXPECT_EQ(p.runs[1].method, "Barlow Twins");
}

TEST_F(PlanTest, KeysOfRowsLeftOutAreNoFault) {
  const std::string text = suite("[protocol]\n\"objective.lambda\" = 0.1\n" + std::string(kVqvae) + kBarlow +
                                 "[grid]\n\"objective.lambda\" = [0.1, 0.2]\n");
  EXPECT_EQ(plan(text, {"methods=VQVAE"}).runs.size(), 2u);
  EXPECT_THROW(plan(text, {"methods=VQVAE", "objective.lambda=0.2"}), ConfigErrors);
  EXPECT_THROW(plan(suite("[protocol]\n\"objective.lamda\" = 0.1\n" + std::string(kVqvae) + kBarlow)), ConfigErrors);
}

TEST_F(PlanTest, ItsOwnTextGivesTheSameRun) {
  const std::string text = suite("[augmentation.soft]\nsteps = [{ kind = \"gaussian_noise\", std = 1 }]\n" +
                                 std::string(kVqvae) + kControl + kBarlow +
                                 "[[method]]\nname = \"a \\\"b\\\"\"\ntokenizer = \"uniform\"\nprior = \"unigram\"\n"
                                 "[grid]\n\"train.tokenizer.lr\" = [1e-3, 2]\n\"tokenizer.K\" = [4, 8]\n");
  const std::vector<std::string> overrides = {"budget={ tokenizer = { steps = 9 }, prior = 3, series = 32 }",
                                              "datasets=cbf,Other", "prior.choice_temperature=2"};
  for (const auto& words : {overrides, std::vector<std::string>{"budget=smoke", "augmentation=soft"}}) {
    for (const Run& run : plan(text, words).runs) {
      const Plan again = load_plan(write("again.toml", run.to_toml()), {}, sources_);
      ASSERT_EQ(again.runs.size(), 1u);
      EXPECT_EQ(again.runs.front().to_toml(), run.to_toml());
      EXPECT_EQ(again.runs.front().flat(), run.flat());
      EXPECT_THAT(again.notes, testing::Not(Contains(HasSubstr("control"))));
    }
  }
}

TEST_F(PlanTest, FlatHasEveryKey) {
  const Values flat = plan(suite(kBarlow)).runs.front().flat();
  for (const char* key :
       {"tokenizer.vqvae.K", "train.prior.lr", "ssl.rho", "objective", "dataset.n_train", "augmentation",
        "augmentation.1.window_ratio", "data.split", "evaluation.fcn_tflop", "budget", "seed"})
    EXPECT_EQ(flat.count(key), 1u) << key;
}

TEST_F(PlanTest, DataFoldersAreRelativeToTheSuite) {
  const Plan p = plan(std::string(kHead) + "data = [\"more\"]\n" + kVqvae);
  EXPECT_THAT(p.data_roots, ElementsAre((folder_ / "more").string()));
}

TEST_F(PlanTest, FilesAreReadBesideTheSuite) {
  ParamInfo file = param(ParamType::file, "kernels", "", "");
  file.required = true;
  sources_.plugins.push_back(plugin(Kind::tokenizer, "filed", {"gradient"}, {file}));
  write("bank.bin", std::string("a\0b", 3));
  const std::string method = "[[method]]\nname = \"f\"\ntokenizer = \"filed\"\nprior = \"unigram\"\n";
  const Run run = plan(suite(method + "set = { tokenizer.kernels = \"bank.bin\" }\n")).runs.front();
  EXPECT_EQ(std::get<std::string>(run.tokenizer.params.at("kernels")), std::string("a\0b", 3));
  EXPECT_THAT(run.tokenizer.file_params, ElementsAre("kernels"));
  EXPECT_EQ(std::get<std::string>(run.flat().at("tokenizer.filed.kernels")), "bank.bin");
  EXPECT_THAT(faults(suite(method)),
              ElementsAre("s.toml:9: tokenizer.kernels: not given; plugin 'filed' needs the path of "
                          "a file, in quotes"));
  EXPECT_THAT(faults(suite(method + "set = { tokenizer.kernels = \"no.bin\" }\n")),
              Contains(HasSubstr("the file 'no.bin' does not exist")));
}

TEST_F(PlanTest, ParametersForOnePlugin) {
  const PluginInfo& vqvae = sources_.plugins.front();
  EXPECT_EQ(std::get<std::int64_t>(resolve_params(vqvae, {{"K", "7"}}).at("K")), 7);
  EXPECT_THROW(resolve_params(vqvae, {{"k", "7"}}), ConfigErrors);
  EXPECT_THROW(resolve_params(vqvae, {{"K", "1"}}), ConfigErrors);
}

}  // namespace
}  // namespace autodidact
