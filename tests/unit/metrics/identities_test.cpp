// What holds for every measure of generated series, whatever the data.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>

#include "metrics/fcn.hpp"
#include "metrics/frechet.hpp"
#include "metrics/measure.hpp"
#include "metrics/prdc.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

struct Case {
  std::int64_t train, test, samples, channels, length, classes;
  const char* name;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

// N = M and N != M, fewer series than features, one and several channels, one class.
const Case kCases[] = {{60, 60, 60, 1, 16, 3, "equal_counts"},
                       {40, 90, 64, 2, 12, 2, "other_counts"},
                       {150, 160, 170, 1, 9, 4, "more_than_features"},
                       {30, 30, 30, 1, 16, 1, "one_class"}};

MeasureInput input_of(const Case& c) {
  MeasureInput input;
  input.train_x = noise({c.train, c.channels, c.length}, 1);
  input.test_x = noise({c.test, c.channels, c.length}, 2);
  input.samples = noise({c.samples, c.channels, c.length}, 3);
  const auto labels = [&](std::int64_t n) { return at::arange(n, at::kLong).remainder(c.classes); };
  input.train_y = labels(c.train);
  input.test_y = labels(c.test);
  input.n_classes = c.classes;
  input.conditional_x = noise({c.samples, c.channels, c.length}, 4);
  input.conditional_y = labels(c.samples);
  if (c.classes > 1) {
    at::manual_seed(1);
    input.fcn = fcn_extractor(std::make_shared<Fcn>(c.channels, c.length, c.classes));
    input.fcn_test_accuracy = 1;
  }
  input.rocket = rocket_extractor(c.channels, c.length);
  input.seed = 1;
  input.wanted = Selection("extended");
  input.values_only = true;
  return input;
}

std::map<std::string, Measurement> measured(const MeasureInput& input) {
  std::map<std::string, Measurement> rows;
  for (const Measurement& row : measure(input)) rows[row.name] = row;
  return rows;
}

class Identities : public testing::TestWithParam<Case> {};

TEST_P(Identities, RealTestInPlaceOfSamplesIsTheBestThereIs) {
  MeasureInput input = input_of(GetParam());
  input.samples = input.test_x;
  const auto rows = measured(input);
  const double scale = 1e-6 * static_cast<double>(128);
  for (const char* name : {"fid_fcn", "fid_rocket"})
    if (rows.count(name)) {
      EXPECT_NEAR(rows.at(name).value, 0, scale) << name;
    }
  for (const char* name : {"acd", "sd", "kd", "mmd", "acd_raw", "sd_pooled", "kd_pooled", "mdd_kde"})
    EXPECT_NEAR(rows.at(name).value, 0, 1e-9) << name;
  EXPECT_LT(rows.at("mdd").value, 0.05);  // the strict comparison drops values on edges
  for (const char* name : {"coverage", "precision", "recall"}) EXPECT_EQ(rows.at(name).value, 1.0) << name;
  EXPECT_NEAR(rows.at("density").value, 1.0, 0.35);
  EXPECT_LT(rows.at("kid").value, 1e-9);  // unbiased: below 0 on equal sets
}

TEST_P(Identities, TheOrderOfSeriesTellsNothing) {
  MeasureInput input = input_of(GetParam());
  const auto before = measured(input);
  const auto turned = [](const at::Tensor& x) { return x.flip(0).contiguous(); };
  input.samples = turned(input.samples);
  input.test_x = turned(input.test_x);
  input.test_y = turned(input.test_y);
  input.conditional_x = turned(input.conditional_x);
  input.conditional_y = turned(input.conditional_y);
  const auto after = measured(input);
  // Consecutive parts, and seeded subsets where sets are cut, are of an order.
  for (const auto& [name, row] : before) {
    if (name == "is_10" || name == "memorisation" || name == "kid") continue;
    EXPECT_NEAR(row.value, after.at(name).value, 1e-6 * std::max(1.0, std::abs(row.value))) << name;
  }
}

TEST_P(Identities, DistancesAreTheSameBothWaysAndNotNegative) {
  MeasureInput input = input_of(GetParam());
  input.samples = input.samples * 1.5 + 0.1 * input.samples.pow(3);  // other moments of every order
  const auto there = measured(input);
  std::swap(input.samples, input.test_x);
  const std::int64_t n = input.test_x.size(0);
  input.test_y = at::arange(n, at::kLong).remainder(GetParam().classes);
  const auto back = measured(input);
  for (const char* name : {"fid_fcn", "fid_rocket", "acd", "sd", "kd", "acd_raw", "sd_pooled", "kd_pooled", "mdd_kde",
                           "mmd", "correlational"}) {
    if (!there.count(name)) continue;
    EXPECT_NEAR(there.at(name).value, back.at(name).value, 1e-6 * std::max(1.0, std::abs(back.at(name).value))) << name;
    EXPECT_GT(there.at(name).value, 0) << name;
  }
}

TEST_P(Identities, FarAwaySamplesAreSeenByEveryMeasureOfPlace) {
  MeasureInput input = input_of(GetParam());
  const auto near = measured(input);
  input.samples = input.samples + 100;
  const auto far = measured(input);
  if (input.fcn) {  // rows of ROCKET features have length 1: a shift changes their direction only
    EXPECT_EQ(far.at("coverage").value, 0.0);
    EXPECT_EQ(far.at("precision").value, 0.0);
  }
  EXPECT_GT(far.at("mmd").value, near.at("mmd").value);
  EXPECT_TRUE(std::isfinite(far.at("mdd").value));  // which drops what is outside, and says so
  EXPECT_NE(far.at("mdd").note.find("1.0000 of the values outside"), std::string::npos) << far.at("mdd").note;
  EXPECT_GT(far.at("memorisation").value, 0.9);
  EXPECT_EQ(far.at("copy_share").value, 0.0);
  for (const auto& [name, row] : far) EXPECT_EQ(row.note.find("not finite"), std::string::npos) << name;
}

TEST_P(Identities, ConstantSamplesAreMeasuredOrSaidToBeUndefined) {
  MeasureInput input = input_of(GetParam());
  input.samples = at::ones_like(input.samples);
  const auto rows = measured(input);
  for (const auto& [name, row] : rows) {
    EXPECT_EQ(row.note.find("not finite"), std::string::npos) << name;  // each says why in its own words
    EXPECT_TRUE(row.status != "undefined" || !row.note.empty()) << name;
  }
  EXPECT_EQ(rows.at("sd").status, "undefined");
  EXPECT_EQ(rows.at("density").status, "degraded");
}

INSTANTIATE_TEST_SUITE_P(Sets, Identities, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Identity, PrecisionAndRecallSwapWithTheirArguments) {
  const at::Tensor a = noise({70, 5}, 1).to(at::kDouble), b = noise({50, 5}, 2).to(at::kDouble) + 0.5;
  const Prdc there = prdc(a, b, 5), back = prdc(b, a, 5);
  EXPECT_DOUBLE_EQ(there.precision, back.recall);
  EXPECT_DOUBLE_EQ(there.recall, back.precision);
  EXPECT_NE(there.precision, there.recall);
}

TEST(Identity, SubsetsOfAllRowsGiveTheWholeValue) {
  const at::Tensor a = noise({70, 5}, 1).to(at::kDouble), b = noise({50, 5}, 2).to(at::kDouble);
  const Prdc whole = prdc(a, b, 5);
  const auto values = prdc_on_subsets(a, b, {{at::arange(70, at::kLong), at::arange(50, at::kLong)}}, 5).front();
  EXPECT_DOUBLE_EQ(values[0], whole.density);
  EXPECT_DOUBLE_EQ(values[1], whole.coverage);
  EXPECT_DOUBLE_EQ(values[2], whole.precision);
  EXPECT_DOUBLE_EQ(values[3], whole.recall);
}

TEST(Identity, ASubsetIsWhatTheMeasureSaysOfItsRows) {
  const at::Tensor a = noise({90, 6}, 1).to(at::kDouble), b = noise({80, 6}, 2).to(at::kDouble);
  const std::vector<Subset> subsets = interval_subsets(90, 45, 80, 40, 3);
  const auto values = prdc_on_subsets(a, b, subsets, 5);
  for (std::size_t s = 0; s < 5; ++s) {
    const Prdc direct = prdc(a.index_select(0, subsets[s].real), b.index_select(0, subsets[s].generated), 5);
    EXPECT_DOUBLE_EQ(values[s][0], direct.density);
    EXPECT_DOUBLE_EQ(values[s][1], direct.coverage);
    EXPECT_DOUBLE_EQ(values[s][2], direct.precision);
    EXPECT_DOUBLE_EQ(values[s][3], direct.recall);
  }
}

}  // namespace
}  // namespace autodidact
