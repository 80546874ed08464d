#include "data/generate.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "autodidact/plugin/error.hpp"
#include "config/generators.hpp"
#include "data/dataset.hpp"
#include "support.hpp"

namespace autodidact::test {
namespace {

using ::testing::HasSubstr;

class Generators : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, Generators, ::testing::Values("cbf", "synthetic_control", "two_patterns"));

TEST_P(Generators, SeriesDoNotDependOnTheirNumber) {
  const RawTable few = generate(GetParam(), 10, 7, Part::train), many = generate(GetParam(), 100, 7, Part::train);
  EXPECT_TRUE(std::equal(few.values.begin(), few.values.end(), many.values.begin()));
  EXPECT_TRUE(std::equal(few.labels.begin(), few.labels.end(), many.labels.begin()));
  EXPECT_NE(few.values, generate(GetParam(), 10, 8, Part::train).values);
  EXPECT_NE(few.values, generate(GetParam(), 10, 7, Part::test).values);
}

TEST_P(Generators, NormalisedWithDivisorNMinusOne) {
  const RawTable table = generate(GetParam(), 12, 1, Part::train);
  const at::Tensor x = at::from_blob(const_cast<double*>(table.values.data()), {table.n, table.length}, at::kDouble);
  EXPECT_LT(x.mean(1).abs().max().item<double>(), 1e-12);
  EXPECT_LT((x.std(1, true) - 1).abs().max().item<double>(), 1e-12);
}

TEST_P(Generators, SizesAsInTheArchive) {
  const GeneratorInfo& info = *find_generator(GetParam());
  DatasetRequest request;
  request.name = GetParam();
  request.card_dirs = {fs::path(AUTODIDACT_SOURCE_DIR) / "datasets"};
  const Dataset data = load_dataset(request);
  EXPECT_EQ(data.train.size(), info.n_train);
  EXPECT_EQ(data.test.size(), info.n_test);
  EXPECT_EQ(data.length, info.length);
  EXPECT_EQ(data.n_classes, info.classes);
  EXPECT_TRUE(data.notes.empty()) << data.notes.front();
  EXPECT_EQ(data.source, std::string("generator ") + GetParam());
  const at::Tensor counts = at::bincount(data.train.y);
  EXPECT_LE((counts.max() - counts.min()).item<std::int64_t>(), 1);
}

TEST(GeneratorOptions, ValidatedAndPartOfTheDigest) {
  DatasetRequest request;
  request.name = "cbf";
  const std::string digest = load_dataset(request).digest;
  request.options = {{"n_train", std::int64_t{300}}};
  const Dataset larger = load_dataset(request);
  EXPECT_EQ(larger.train.size(), 300);
  EXPECT_EQ(larger.test.size(), 900);
  EXPECT_NE(larger.digest, digest);
  request.options = {{"seed", std::int64_t{2}}};
  EXPECT_NE(load_dataset(request).digest, digest);
  request.options = {{"ntrain", std::int64_t{300}}};
  EXPECT_THAT(message_of<ConfigError>([&] { load_dataset(request); }),
              HasSubstr("dataset.cbf.ntrain: unknown option; did you mean 'n_train'"));
  request.options = {{"n_train", std::int64_t{2}}};
  EXPECT_THAT(message_of<ConfigError>([&] { load_dataset(request); }), HasSubstr("found 2, expected 3 to"));
  request.options = {{"n_train", 30.0}};
  EXPECT_THAT(message_of<ConfigError>([&] { load_dataset(request); }), HasSubstr("whole number"));
}

// Two flat steps of +-5 a series, in the order that the class says.
TEST(TwoPatterns, StepsStandWhereTheClassSays) {
  const RawTable table = generate("two_patterns", 40, 3, Part::train);
  for (std::int64_t i = 0; i < table.n; ++i) {
    const double* x = table.values.data() + i * table.length;
    std::vector<double> halves;  // the signs of the flat runs of at least 8 equal values
    for (std::int64_t t = 0, run = 1; t < table.length; ++t, ++run) {
      if (t + 1 < table.length && x[t + 1] == x[t]) continue;
      if (run >= 8) halves.push_back(x[t] > 0 ? 1 : -1);
      run = 0;
    }
    if (halves.size() != 4) continue;  // two steps that touch with equal levels make one run
    const auto label = i % 4;
    EXPECT_EQ(halves[0], (label & 1) ? -1 : 1) << i;
    EXPECT_EQ(halves[1], -halves[0]) << i;
    EXPECT_EQ(halves[2], (label & 2) ? -1 : 1) << i;
    EXPECT_EQ(halves[3], -halves[2]) << i;
  }
}

struct Case {
  const char *generator, *folder, *name;
  double least;
};

// The definitions are good if a nearest neighbour that saw only generated series does well on the real test set.
double accuracy(const Case& c) {
  const std::int64_t n = 3000;
  const RawTable train = generate(c.generator, n, 1, Part::train);
  const at::Tensor a =
      at::from_blob(const_cast<double*>(train.values.data()), {n, train.length}, at::kDouble).to(at::kFloat);
  const RawSeries real = read_series(shared_datasets() / c.folder / c.name / (std::string(c.name) + "_TEST.tsv"));
  const at::Tensor b = real.x.squeeze(1).to(at::kFloat);
  const at::Tensor distance = a.pow(2).sum(1).unsqueeze(0) - 2 * at::matmul(b, a.t());  // up to a term of b
  const at::Tensor nearest = distance.argmin(1);
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < b.size(0); ++i)
    right += train.labels[static_cast<std::size_t>(nearest[i].item<std::int64_t>())] ==
             real.labels[static_cast<std::size_t>(i)];
  return static_cast<double>(right) / static_cast<double>(b.size(0));
}

class RealTestSets : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(All, RealTestSets,
                         ::testing::Values(Case{"synthetic_control", "ucr", "SyntheticControl", 0.93},
                                           Case{"cbf", "ucr", "CBF", 0.97},
                                           Case{"two_patterns", "ucr_float32", "TwoPatterns", 0.94}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(RealTestSets, NearestNeighbourTrainedOnGeneratedSeries) {
  if (!fs::exists(shared_datasets())) GTEST_SKIP() << shared_datasets() << " is not there";
  const double found = accuracy(GetParam());
  RecordProperty("accuracy", std::to_string(found));
  std::printf("1-NN accuracy %.3f, at least %.2f\n", found, GetParam().least);
  EXPECT_GE(found, GetParam().least);
}

}  // namespace
}  // namespace autodidact::test
