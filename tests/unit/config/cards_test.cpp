#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "autodidact/plugin/error.hpp"
#include "config/dataset_list.hpp"
#include "config/generators.hpp"
#include "config/suggest.hpp"

namespace autodidact {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Folder : public ::testing::Test {
 protected:
  Folder() {
    std::string name = (fs::temp_directory_path() / "autodidact_cards_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    root_ = name;
  }
  ~Folder() override {
    std::error_code error;
    fs::remove_all(root_, error);
  }
  fs::path write(const std::string& name, const std::string& content) {
    const fs::path file = root_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  void write_pair(const std::string& folder, const std::string& name, const std::string& train) {
    write(folder + "/" + name + "/" + name + "_TRAIN.tsv", train);
    write(folder + "/" + name + "/" + name + "_TEST.tsv", "1\t1\t2\n");
  }
  template <class E, class Call>
  std::string error_of(Call call) {
    try {
      call();
    } catch (const E& error) {
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  fs::path root_;
};

const fs::path kHome = fs::path(AUTODIDACT_SOURCE_DIR) / "datasets";

TEST(Cards, ThirteenStudySetsAndEachGenerator) {
  std::int64_t count = 0, train = 0, test = 0;
  for (const auto& entry : fs::directory_iterator(kHome)) {
    if (!entry.is_directory()) continue;
    const auto card = find_card(entry.path().filename().string(), kHome);
    ASSERT_TRUE(card) << entry.path();
    EXPECT_FALSE(card->licence.empty());
    EXPECT_FALSE(card->citation.empty());
    ++count;
    if (find_generator(card->name)) continue;
    train += card->train;
    test += card->test;
  }
  EXPECT_EQ(count, 13 + 3);
  EXPECT_EQ(train, 500 + 8926 + 3601 + 3636 + 55 + 600 + 20 + 27 + 1000 + 25 + 1000 + 896 + 1000);
  EXPECT_EQ(test, 4500 + 7711 + 1320 + 810 + 2345 + 600 + 601 + 953 + 8236 + 995 + 4000 + 3582 + 6164);
  for (const GeneratorInfo& generator : dataset_generators()) {
    const auto card = find_card(generator.name, kHome);
    ASSERT_TRUE(card);
    EXPECT_EQ(card->train, generator.n_train);
    EXPECT_EQ(card->test, generator.n_test);
    EXPECT_EQ(card->length, generator.length);
    EXPECT_EQ(card->classes, generator.classes);
  }
  EXPECT_FALSE(find_card("NoSuchSet", kHome));
  EXPECT_FALSE(find_card("../datasets/cbf", kHome));
}

const std::string kCard =
    "name = \"A\"\ntrain = 2\ntest = 3\nlength = 4\nclasses = 2\nsource = \"s\"\n"
    "licence = \"l\"\ncitation = \"c\"\n";

TEST_F(Folder, CardFaultsNameFileAndLine) {
  write("A/card.toml", kCard);
  EXPECT_EQ(find_card("A", root_)->test, 3);
  write("A/card.toml", kCard + "lenght = 5\n");
  EXPECT_THAT(error_of<ConfigError>([&] { find_card("A", root_); }),
              HasSubstr("card.toml:9: lenght: unknown key; did you mean 'length'"));
  write("A/card.toml", kCard + "url = 5\n");
  EXPECT_THAT(error_of<ConfigError>([&] { find_card("A", root_); }), HasSubstr("card.toml:9: url: expected text"));
  write("A/card.toml", "name = \"A\"\ntrain = 0\n");
  EXPECT_THAT(error_of<ConfigError>([&] { find_card("A", root_); }), HasSubstr("card.toml:2: train: expected a whole"));
  write("A/card.toml", "name = \"A\"\n");
  EXPECT_THAT(error_of<ConfigError>([&] { find_card("A", root_); }), HasSubstr("train: not given"));
  write("A/card.toml", "name = \"A\n");
  EXPECT_THAT(error_of<ConfigError>([&] { find_card("A", root_); }), HasSubstr("card.toml:1: "));
  write("B/card.toml", kCard);
  EXPECT_THAT(error_of<ConfigError>([&] { find_card("B", root_); }),
              HasSubstr("found 'A', expected the folder's name"));
}

TEST_F(Folder, ACardBesideTheDataIsTakenWhereNoHomeHasOne) {
  write_pair("data", "A", "1\t1\t2\n");
  const fs::path data = root_ / "data/A/A_TRAIN.tsv";
  EXPECT_FALSE(find_card("A", {root_ / "home"}, data));
  EXPECT_FALSE(find_card("A", {}, "generator A"));
  write("data/A/card.toml", kCard);
  EXPECT_EQ(find_card("A", {root_ / "home"}, data)->test, 3);
  write("home/A/card.toml", kCard + "origin = \"home\"\n");
  EXPECT_EQ(find_card("A", {root_ / "home"}, data)->origin, "home");
  const std::vector<DatasetInfo> all = list_datasets({root_ / "data"}, {});
  const auto found = std::find_if(all.begin(), all.end(), [](const DatasetInfo& info) { return info.name == "A"; });
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->counts->test, 3);
}

TEST_F(Folder, FilesAreFoundAnywhereBelowARoot) {
  write_pair("deep/er", "Set", "1\t1\t2\n");
  const auto files = find_dataset_files("Set", {root_});
  ASSERT_TRUE(files);
  EXPECT_EQ(files->train, root_ / "deep/er/Set/Set_TRAIN.tsv");
  EXPECT_EQ(files->test, root_ / "deep/er/Set/Set_TEST.tsv");
  EXPECT_TRUE(find_dataset_files("Set", {root_ / "deep/er/Set"}));  // the folder itself as a root
  EXPECT_TRUE(find_dataset_files("Set", {root_ / "deep", root_}));  // overlapping roots are one hit
  EXPECT_FALSE(find_dataset_files("set", {root_}));
  EXPECT_FALSE(find_dataset_files("Set", {root_ / "none"}));
}

TEST_F(Folder, TwoHitsMustBeEqual) {
  write_pair("one", "Set", "1\t1\t2\n");
  write_pair("two", "Set", "1\t1\t2\n");
  EXPECT_EQ(find_dataset_files("Set", {root_})->train, root_ / "one/Set/Set_TRAIN.tsv");
  write_pair("two", "Set", "1\t1\t3\n");
  const std::string error = error_of<DataError>([&] { find_dataset_files("Set", {root_}); });
  EXPECT_THAT(error, HasSubstr("one/Set/Set_TRAIN.tsv"));
  EXPECT_THAT(error, HasSubstr("two/Set/Set_TRAIN.tsv"));
  write("three/Other/Other_TRAIN.ts", "@data\n");
  EXPECT_THAT(error_of<DataError>([&] { find_dataset_files("Other", {root_}); }), HasSubstr("Other_TEST.ts"));
}

TEST_F(Folder, ACircleOfLinksEnds) {
  write_pair("a", "Set", "1\t1\t2\n");
  fs::create_directory_symlink(root_, root_ / "a/loop");
  EXPECT_TRUE(find_dataset_files("Set", {root_}));
}

TEST_F(Folder, MissingNamesRootsAndNearest) {
  write_pair("a", "TwoPatterns", "1\t1\t2\n");
  const std::string error = missing_dataset("TwoPattern", {root_, "/no/such"}).what();
  EXPECT_THAT(error, HasSubstr(root_.string()));
  EXPECT_THAT(error, HasSubstr("/no/such (no such folder)"));
  EXPECT_THAT(error, HasSubstr("'TwoPatterns'"));
  EXPECT_THAT(error, HasSubstr("'two_patterns'"));
  EXPECT_THAT(std::string(missing_dataset("CBF", {}).what()), HasSubstr("--data"));
}

TEST_F(Folder, ListShowsGeneratorsFoundAndKnownSets) {
  write_pair("a", "Mine", "1\t1\t2\n2\t1\t2\n3\t4\t5");
  write_pair("a", "Wafer", "1\t1\t2\n");
  write("b/Half/Half_TRAIN.tsv", "1\t1\t2\n");
  const auto all = list_datasets({root_}, {kHome});
  ASSERT_EQ(all.size(), 3 + 13 + 2u);
  EXPECT_EQ(all[0].name, "cbf");
  EXPECT_TRUE(all[0].generator && all[0].found && all[0].card);
  const auto named = [&](const std::string& name) {
    return *std::find_if(all.begin(), all.end(), [&](const DatasetInfo& info) { return info.name == name; });
  };
  EXPECT_FALSE(named("FordA").found);
  EXPECT_EQ(named("FordA").counts->train, 3601);
  EXPECT_TRUE(named("Wafer").found);
  EXPECT_EQ(named("Wafer").counts->test, 6164);  // the card's
  const DatasetInfo mine = named("Mine");
  EXPECT_TRUE(mine.found && !mine.card);
  EXPECT_EQ(mine.counts->train, 3);
  EXPECT_EQ(mine.counts->test, 1);
  EXPECT_EQ(mine.counts->length, 2);
  EXPECT_FALSE(named("Half").found);
  EXPECT_THAT(named("Half").fault, HasSubstr("Half_TEST.tsv"));
}

TEST(Suggest, NearestNames) {
  const std::vector<std::string> names = {"n_train", "n_test", "seed"};
  EXPECT_THAT(similar_names("ntrain", names, 1), ElementsAre("n_train"));
  EXPECT_THAT(similar_names("N_TEST", names, 1), ElementsAre("n_test"));
  EXPECT_TRUE(similar_names("zzz", names).empty());
  EXPECT_EQ(did_you_mean("sead", names), "did you mean 'seed'?");
  EXPECT_EQ(did_you_mean("qqqqqqqq", names), "");
}

}  // namespace
}  // namespace autodidact
