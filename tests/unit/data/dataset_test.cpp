#include "data/dataset.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "autodidact/plugin/error.hpp"
#include "npy_support.hpp"
#include "support.hpp"

namespace autodidact::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Home {
  TempFolder folder;
  void tsv(const std::string& train, const std::string& test) const {
    folder.write("ucr/S/S_TRAIN.tsv", train);
    folder.write("ucr/S/S_TEST.tsv", test);
  }
  DatasetRequest request(const std::string& name = "S") const {
    DatasetRequest request;
    request.name = name;
    request.roots = {folder.path()};
    return request;
  }
  Dataset load() const { return load_dataset(request()); }
  std::string error() const {
    return message_of<DataError>([&] { load(); });
  }
};

std::vector<std::int64_t> labels_of(const at::Tensor& y) {
  return {y.data_ptr<std::int64_t>(), y.data_ptr<std::int64_t>() + y.numel()};
}

TEST(Load, StandardisedWithTrainingStatistics) {
  Home home;
  home.tsv("2\t1\t2\n10\t3\t6\n2\t0\t0\n", "10\t1\t5\n");
  const Dataset data = home.load();
  const double mean = 2, std = std::sqrt((1 + 0 + 1 + 16 + 4 + 4) / 6.0);  // population
  EXPECT_DOUBLE_EQ(data.mean[0], mean);
  EXPECT_DOUBLE_EQ(data.std[0], std);
  EXPECT_EQ(data.train.x.sizes(), (at::IntArrayRef{3, 1, 2}));
  EXPECT_EQ(data.train.x.scalar_type(), at::kFloat);
  EXPECT_FLOAT_EQ(data.test.x[0][0][1].item<float>(), static_cast<float>(3 / std));
  EXPECT_THAT(data.class_names, ElementsAre("2", "10"));  // as numbers: not "10" before "2"
  EXPECT_THAT(labels_of(data.train.y), ElementsAre(0, 1, 0));
  EXPECT_THAT(labels_of(data.test.y), ElementsAre(1));
  EXPECT_EQ(data.n_classes, 2);
  EXPECT_EQ(data.length, 2);
  EXPECT_EQ(data.validation.size(), 0);
  EXPECT_EQ(data.digest.size(), 64u);
  EXPECT_THAT(data.notes, Contains(HasSubstr("no card")));
}

TEST(Load, LabelsAreNumbersOrText) {
  Home home;
  home.tsv("1.0\t1\t2\n-1\t3\t6\n1e0\t0\t0\n", "1\t1\t5\n");
  EXPECT_THAT(home.load().class_names, ElementsAre("-1", "1"));
  home.tsv("b\t1\t2\n10\t3\t6\n9\t0\t0\n", "b\t1\t5\n");
  EXPECT_THAT(home.load().class_names, ElementsAre("10", "9", "b"));
}

TEST(Load, UnseenTestLabel) {
  Home home;
  home.tsv("1\t1\t2\n2\t3\t6\n", "1\t1\t5\n3\t0\t1\n");
  EXPECT_THAT(home.error(),
              HasSubstr("S_TEST.tsv:2: column 1: the label '3' does not occur in the training set (1, 2)"));
  DatasetRequest request = home.request();
  request.split = "stratified_80_20";
  EXPECT_THROW(load_dataset(request), DataError);  // every class alone: nothing is left to test on
  home.tsv("1\t1\t2\n1\t3\t6\n1\t1\t1\n1\t2\t2\n", "1\t1\t5\n3\t0\t1\n");
  EXPECT_EQ(load_dataset(request).n_classes, 2);
}

TEST(Load, MissingValuesBecomeZeroAfterScaling) {
  Home home;
  home.tsv("1\t1\tNaN\n2\t3\t5\n", "1\tNaN\t5\n");
  const Dataset data = home.load();
  EXPECT_DOUBLE_EQ(data.mean[0], 3);
  EXPECT_EQ(data.train.x[0][0][1].item<float>(), 0);
  EXPECT_EQ(data.test.x[0][0][0].item<float>(), 0);
  EXPECT_THAT(data.notes, Contains(HasSubstr("S_TRAIN.tsv:1: column 3")));
  EXPECT_THAT(data.notes, Contains(HasSubstr("S_TEST.tsv:1: column 2")));
}

TEST(Load, ConstantChannelsAndOneClass) {
  Home home;
  const std::string head = "@dimensions 2\n@classLabel true a\n@data\n";
  home.folder.write("S/S_TRAIN.ts", head + "1,2:0.1,0.1:a\n3,4:0.1,0.1:a\n5,9:0.1,0.1:a\n");
  home.folder.write("S/S_TEST.ts", head + "1,2:0.1,0.6:a\n");
  const Dataset data = home.load();
  EXPECT_EQ(data.channels, 2);
  EXPECT_EQ(data.std[1], 1);
  EXPECT_LT(data.train.x.select(1, 1).abs().max().item<float>(), 1e-6);  // the rounding of 0.1 is not blown up
  EXPECT_FLOAT_EQ(data.test.x[0][1][1].item<float>(), 0.5f);
  EXPECT_EQ(data.n_classes, 1);
  EXPECT_THAT(data.notes, Contains(HasSubstr("channel 2 is constant")));
  EXPECT_THAT(data.notes, Contains(HasSubstr("one class only")));
}

TEST(Load, DataThatCannotBeScaled) {
  Home home;
  home.tsv("1\t7\t7\n2\t7\t7\n", "1\t1\t5\n");
  EXPECT_THAT(home.error(), HasSubstr("nothing to learn"));
  home.tsv("1\tNaN\tNaN\n2\tNaN\tNaN\n", "1\t1\t5\n");
  EXPECT_THAT(home.error(), HasSubstr("nothing but missing values"));
  home.tsv("1\t1e300\t-1e300\n2\t1\t2\n", "1\t1\t5\n");
  EXPECT_THAT(home.error(), HasSubstr("too large to be standardised"));
  home.tsv("1\t1\t2\n2\t3\t4\n", "1\t1e300\t5\n");
  EXPECT_THAT(home.error(), HasSubstr("no float32 value"));
  home.tsv("1\t1\t2\n2\t3\t4\n", "1\t1\t5\t6\n");
  EXPECT_THAT(home.error(), HasSubstr("S_TEST.tsv: found 3 values a channel, expected 2"));
}

TEST(Load, LabelFreeSetsInNumpyFiles) {
  Home home;
  const std::string x = npy("<f8", "(3, 2)", raw_bytes<double>({1, 2, 3, 4, 5, 7}));
  home.folder.write("S/S_TRAIN.npy", x);
  home.folder.write("S/S_TEST.npy", x);
  const Dataset data = home.load();
  EXPECT_FALSE(data.n_classes);
  EXPECT_FALSE(data.train.y.defined());
  EXPECT_THAT(data.notes, Contains(HasSubstr("no labels")));
  home.folder.write("S/S_TEST_y.npy", npy("<i8", "(3,)", raw_bytes<std::int64_t>({1, 1, 1})));
  EXPECT_THAT(home.error(), HasSubstr("S_TRAIN.npy: has no labels while"));
}

TEST(Load, MissingDatasetAndOptionsOfFiles) {
  Home home;
  EXPECT_THAT(message_of<DatasetMissing>([&] { load_dataset(home.request("two_paterns")); }),
              HasSubstr("did you mean 'two_patterns'?"));
  home.tsv("1\t1\t2\n2\t3\t4\n", "1\t1\t5\n");
  DatasetRequest request = home.request();
  request.options = {{"n_train", std::int64_t{3}}};
  EXPECT_THAT(message_of<ConfigError>([&] { load_dataset(request); }), HasSubstr("dataset.S.n_train"));
}

TEST(Load, CardsAreCompared) {
  Home home;
  home.tsv("1\t1\t2\n2\t3\t4\n", "1\t1\t5\n");
  home.folder.write("cards/S/card.toml",
                    "name = \"S\"\ntrain = 2\ntest = 3\nlength = 2\nclasses = 2\nsource = \"s\"\n"
                    "licence = \"l\"\ncitation = \"c\"\nsha256_train = \"00\"\n");
  DatasetRequest request = home.request();
  request.card_dirs = {home.folder.path() / "cards"};
  const Dataset data = load_dataset(request);
  EXPECT_THAT(data.notes, ElementsAre("found 1 test series, the card says 3", HasSubstr("its sha256 differs")));
}

// The digest follows values and labels, not their text.
TEST(Load, DigestIsOfValues) {
  Home home;
  home.tsv("1\t1\t2\n2\t3\t4\n", "1\t1\t5\n");
  const std::string digest = home.load().digest;
  home.tsv("1.0\t1.000\t2e0\r\n2.0\t+3\t 4\r\n", "1\t1\t5\r\n");
  EXPECT_EQ(home.load().digest, digest);
  home.tsv("1\t1\t2\n2\t3\t4\n", "1\t1\t5.001\n");
  EXPECT_NE(home.load().digest, digest);
  home.tsv("1\t1\t2\n2\t3\t4\n", "2\t1\t5\n");
  EXPECT_NE(home.load().digest, digest);
}

DatasetRequest control(std::int64_t n_train, std::int64_t n_test) {
  DatasetRequest request;
  request.name = "synthetic_control";
  request.options = {{"n_train", n_train}, {"n_test", n_test}};
  return request;
}

std::vector<std::int64_t> class_counts(const at::Tensor& y, std::int64_t classes) {
  const at::Tensor counts = at::bincount(y, {}, classes);
  return labels_of(counts);
}

TEST(Split, StratifiedEightyTwenty) {
  DatasetRequest request = control(60, 40);  // 10 of 6 classes and 7 or 6 of each
  request.split = "stratified_80_20";
  const Dataset data = load_dataset(request);
  EXPECT_EQ(data.train.size() + data.test.size(), 100);
  EXPECT_THAT(class_counts(data.train.y, 6), ElementsAre(14, 14, 14, 14, 13, 13));
  EXPECT_THAT(class_counts(data.test.y, 6), ElementsAre(3, 3, 3, 3, 3, 3));
  EXPECT_EQ(load_dataset(request).digest, data.digest);
  request.seed = 2;
  EXPECT_NE(load_dataset(request).digest, data.digest);
}

TEST(Split, ValidationIsCarvedFromTrainAndScalingFittedOnTheRest) {
  DatasetRequest request = control(60, 12);
  const Dataset whole = load_dataset(request);
  request.validation = 0.2;
  const Dataset data = load_dataset(request);
  EXPECT_EQ(data.train.size(), 48);
  EXPECT_THAT(class_counts(data.validation.y, 6), ElementsAre(2, 2, 2, 2, 2, 2));
  EXPECT_EQ(data.test.size(), 12);
  EXPECT_NEAR(data.train.x.mean().item<double>(), 0, 1e-6);
  EXPECT_NEAR(data.train.x.std(false).item<double>(), 1, 1e-6);
  EXPECT_NE(data.digest, whole.digest);
  // train and validation together are the original training series, each once
  std::set<std::string> carved, original;
  const auto add = [](std::set<std::string>& to, const Dataset& from, const Series& part) {
    const at::Tensor raw = (part.x.to(at::kDouble) * from.std[0] + from.mean[0]).mul(1e4).round();
    for (std::int64_t i = 0; i < raw.size(0); ++i)
      to.insert(std::string(static_cast<const char*>(raw[i].contiguous().data_ptr()), raw[i].nbytes()));
  };
  add(original, whole, whole.train);
  add(carved, data, data.train);
  add(carved, data, data.validation);
  EXPECT_EQ(original.size(), 60u);
  EXPECT_EQ(carved.size(), 60u);
  request.validation = 0.01;
  EXPECT_THAT(message_of<DataError>([&] { load_dataset(request); }), HasSubstr("leaves no series"));
  request.validation = 1;
  EXPECT_THROW(load_dataset(request), ConfigError);
  request = control(60, 12);
  request.split = "orignal";
  EXPECT_THROW(load_dataset(request), ConfigError);
}

TEST(Split, MaxSeriesTakesClassesInTurn) {
  Home home;
  home.tsv("1\t1\t2\n1\t3\t4\n1\t1\t1\n2\t5\t6\n2\t7\t8\n3\t9\t9\n", "1\t1\t5\n2\t0\t1\n");
  DatasetRequest request = home.request();
  request.max_series = 4;
  const Dataset data = load_dataset(request);
  EXPECT_THAT(labels_of(data.train.y), ElementsAre(0, 0, 1, 2));  // the first of each, then the second of class 1
  EXPECT_EQ(data.n_classes, 3);
  EXPECT_DOUBLE_EQ(data.mean[0], (1 + 2 + 3 + 4 + 5 + 6 + 9 + 9) / 8.0);
  EXPECT_EQ(data.test.size(), 2);
}

TEST(Read, RawSeriesAreUnscaled) {
  Home home;
  home.tsv("1\t1\t2\n2\t3\tNaN\n", "1\t1\t5\n");
  const RawSeries raw = read_series(home.folder.path() / "ucr/S/S_TRAIN.tsv");
  EXPECT_EQ(raw.x.scalar_type(), at::kDouble);
  EXPECT_EQ(raw.x.sizes(), (at::IntArrayRef{2, 1, 2}));
  EXPECT_EQ(raw.x[1][0][0].item<double>(), 3);
  EXPECT_TRUE(std::isnan(raw.x[1][0][1].item<double>()));
  EXPECT_THAT(raw.labels, ElementsAre("1", "2"));
}

// The study sets at hand agree with their cards.
TEST(Shared, StudySetsAndCards) {
  if (!fs::exists(shared_datasets())) GTEST_SKIP() << shared_datasets() << " is not there";
  for (const char* name :
       {"ECG5000", "ShapesAll", "SonyAIBORobotSurface1", "SonyAIBORobotSurface2", "TwoPatterns", "Wafer", "Symbols"}) {
    DatasetRequest request;
    request.name = name;
    request.roots = {shared_datasets()};
    request.card_dirs = {fs::path(AUTODIDACT_SOURCE_DIR) / "datasets"};
    const Dataset data = load_dataset(request);
    EXPECT_TRUE(data.notes.empty()) << name << ": " << (data.notes.empty() ? "" : data.notes.front());
    EXPECT_NEAR(data.train.x.to(at::kDouble).mean().item<double>(), 0, 1e-6) << name;
    EXPECT_NEAR(data.train.x.to(at::kDouble).std(false).item<double>(), 1, 1e-6) << name;
  }
}

}  // namespace
}  // namespace autodidact::test
