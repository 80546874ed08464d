#include "metrics/measure.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "autodidact/plugin/error.hpp"
#include "metrics/fcn.hpp"
#include "metrics/random.hpp"
#include "metrics/report.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

at::Tensor labels(std::int64_t n) { return at::arange(n, at::kLong).remainder(3); }

// Everything a finished run holds, small.
MeasureInput whole(std::int64_t channels = 1, std::int64_t length = 24) {
  MeasureInput input;
  input.train_x = noise({40, channels, length}, 1);
  input.test_x = noise({50, channels, length}, 2);
  input.train_y = labels(40);
  input.test_y = labels(50);
  input.n_classes = 3;
  input.tokens_train = at::arange(40 * 6, at::kLong).view({40, 6}).remainder(8);
  input.tokens_test = at::arange(50 * 6, at::kLong).view({50, 6}).remainder(7);
  input.streams = {{"all", 0, 6, 8, noise({8, 5}, 3)}};
  for (const char* kind : {"quantised/avg", "quantised/avgmax", "continuous/avg", "continuous/avgmax"}) {
    input.features_train[kind] = noise({40, 5}, 4);
    input.features_test[kind] = noise({50, 5}, 5);
  }
  input.reconstruction = input.test_x + 0.1 * noise({50, channels, length}, 6);
  input.samples = noise({64, channels, length}, 7);
  input.samples_tokens = at::arange(64 * 6, at::kLong).view({64, 6}).remainder(8);
  input.conditional_x = noise({60, channels, length}, 10);
  input.conditional_y = labels(60);
  input.cas = ClassifierScores{{0.5, 0.6}, {0.5, 0.6}, {0.7, 0.8}, {0.7, 0.8}, {0.6, 0.7}, 5000, 5000, 1, ""};
  input.recurrent = RecurrentScores{{0.1, 0.2}, {0.0, 0.1}, {0.3, 0.3}, {0.2, 0.2}, 50};
  input.ssl = {{"std", 0.9}};
  for (const double ratio : {0.25, 0.5, 0.75, 1.0})
    input.masked.push_back({ratio, "all", -noise({30}, 8).abs(), at::ones({30}, at::kBool)});
  input.nll_exact = noise({50}, 9).abs();
  at::manual_seed(1);
  input.fcn = fcn_extractor(std::make_shared<Fcn>(channels, length, 3));
  input.fcn_test_accuracy = 0.5;
  input.rocket = rocket_extractor(channels, length);
  input.minirocket = minirocket_extractor(input.train_x);
  input.seed = 1;
  input.wanted = Selection("all");
  return input;
}

std::map<std::string, Measurement> by_name(const std::vector<Measurement>& rows) {
  std::map<std::string, Measurement> named;
  for (const Measurement& row : rows) {
    EXPECT_FALSE(named.count(row.name)) << row.name << " twice";
    named[row.name] = row;
  }
  return named;
}

std::string error_of(const MeasureInput& input) {
  try {
    measure(input);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Measure, AWholeRunHasEveryMeasureOfTheTable) {
  for (const std::int64_t channels : {1, 3}) {
    const auto rows = by_name(measure(whole(channels)));
    std::set<std::string> covered;
    for (const auto& [name, row] : rows) covered.insert(measure_info(name).name);
    for (const MeasureInfo& info : measure_table()) {
      if (info.family == "cost" || (info.name == "correlational" && channels == 1)) continue;
      EXPECT_TRUE(covered.count(info.name)) << info.name;
    }
    for (const auto& [name, row] : rows) {
      EXPECT_NE(row.status, "undefined") << name << ": " << row.note;
      EXPECT_TRUE(std::isfinite(row.value)) << name;
      EXPECT_EQ(row.version, measure_info(name).version);
      EXPECT_EQ(row.direction, measure_info(name).direction);
      EXPECT_EQ(row.seed, 1u);
    }
  }
}

TEST(Measure, GenerativeMeasuresStandBesideAFloorAtEqualCounts) {
  const auto rows = by_name(measure(whole()));
  for (const char* name : {"fid_fcn", "fid_rocket", "is", "density", "coverage", "mdd", "acd", "sd", "kd"}) {
    const Measurement& row = rows.at(name);
    EXPECT_TRUE(std::isfinite(row.floor) && std::isfinite(row.value_at_floor)) << name;
    EXPECT_EQ(row.n_real, 50) << name;
    EXPECT_EQ(row.n_gen, 64) << name;
    EXPECT_GT(row.n_floor, 0) << name;
  }
  EXPECT_EQ(rows.at("fid_fcn").n_floor, 40);
  EXPECT_EQ(rows.at("fid_fcn").extractor.size(), 64u);
  EXPECT_NE(rows.at("fid_rocket").extractor, rows.at("fid_fcn").extractor);
}

TEST(Measure, RepeatsItselfToTheLastBit) {
  const MeasureInput input = whole();
  const auto first = measure(input), second = measure(input);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].value, second[i].value) << first[i].name;
    EXPECT_EQ(first[i].std, second[i].std) << first[i].name;
  }
}

TEST(Measure, LeavesTheDefaultGeneratorAlone) {
  const MeasureInput input = whole();
  at::manual_seed(3);
  const at::Tensor want = at::rand({4});
  at::manual_seed(3);
  measure(input);
  EXPECT_TRUE(at::rand({4}).equal(want));
}

TEST(Measure, WithoutLabelsTheMeasuresThatNeedThemAreLeftOut) {
  MeasureInput input = whole();
  input.train_y = input.test_y = at::Tensor();
  input.n_classes.reset();
  input.fcn.reset();
  input.cas.reset();
  const auto rows = by_name(measure(input));
  for (const auto& [name, row] : rows) EXPECT_EQ(measure_info(name).needs.find("labels"), std::string::npos) << name;
  EXPECT_TRUE(rows.count("fid_rocket"));
  EXPECT_EQ(rows.at("density").extractor, input.rocket.digest);
}

TEST(Measure, WithoutSamplesOnlyTheTokenizerIsMeasured) {
  MeasureInput input = whole();
  input.samples = at::Tensor();
  input.masked.clear();
  const auto rows = by_name(measure(input));
  EXPECT_TRUE(rows.count("mse") && rows.count("svm/quantised/avg") && rows.count("fid_fcn_recon"));
  for (const char* name : {"fid_fcn", "fid_rocket", "mdd", "is", "density", "nll_masked/0.50"})
    EXPECT_FALSE(rows.count(name)) << name;
}

TEST(Measure, AnExtractorNearChanceDegradesWhatRestsOnIt) {
  MeasureInput input = whole();
  input.wanted = Selection("fid_fcn, fid_rocket, is, mdd");
  input.values_only = true;
  input.fcn_test_accuracy = 0.49;  // of three classes: below 1.5 / 3
  auto rows = by_name(measure(input));
  EXPECT_EQ(rows.at("is").status, "degraded");
  EXPECT_NE(rows.at("is").note.find("1.5 times chance"), std::string::npos) << rows.at("is").note;
  EXPECT_EQ(rows.at("mdd").status, "ok");
  input.fcn_test_accuracy = 0.51;
  EXPECT_EQ(by_name(measure(input)).at("is").status, "ok");
}

TEST(Measure, OnlyWhatIsWantedIsThere) {
  MeasureInput input = whole();
  input.values_only = true;
  input.wanted = Selection("mdd, knn/*");
  const auto rows = by_name(measure(input));
  EXPECT_EQ(rows.size(), 5u);
  EXPECT_TRUE(rows.count("mdd") && rows.count("knn/quantised/avg"));
  input.wanted = Selection("core");
  for (const auto& [name, row] : by_name(measure(input))) EXPECT_NE(measure_info(name).rank_class, "extended") << name;
}

TEST(Measure, AgainstTrainAloneHasAFloorToo) {
  MeasureInput input = whole();
  for (const std::string name : {"fid_fcn", "fid_rocket", "fid_minirocket"}) {
    input.wanted = Selection(name + "/train");
    const auto alone = by_name(measure(input));
    ASSERT_EQ(alone.size(), 1u) << name;
    input.wanted = Selection(name + "," + name + "/train");
    EXPECT_NEAR(alone.at(name + "/train").floor, by_name(measure(input)).at(name + "/train").floor, 1e-9) << name;
  }
}

TEST(Measure, TheCropIsTakenFromBothSides) {
  MeasureInput input = whole(1, 25);
  input.crop = 1;
  const auto before = by_name(measure(input));
  for (const at::Tensor& x : {input.train_x, input.test_x, input.samples, input.reconstruction})
    x.select(2, 24).fill_(1000);
  for (const auto& [name, row] : by_name(measure(input)))
    EXPECT_NEAR(row.value, before.at(name).value, 1e-9 * std::abs(row.value)) << name;
}

TEST(Measure, AValueThatIsNotFiniteIsNamed) {
  MeasureInput input = whole(2);
  input.samples[5][1][7] = NAN;
  input.samples[6][0][0] = INFINITY;
  const std::string error = error_of(input);
  EXPECT_NE(error.find("samples: value is not finite at (sample 5, channel 1, time 7); 2 such values"),
            std::string::npos)
      << error;
}

TEST(Measure, ShapesThatDoNotFitAreErrors) {
  MeasureInput input = whole();
  input.samples = noise({10, 1, 23}, 1);
  EXPECT_NE(error_of(input).find("expected (N, 1, 24)"), std::string::npos) << error_of(input);
  input = whole();
  input.reconstruction = input.reconstruction.narrow(0, 0, 49);
  EXPECT_NE(error_of(input).find("49 rows for 50 series"), std::string::npos) << error_of(input);
  input = whole();
  input.crop = 24;
  EXPECT_NE(error_of(input).find("crop"), std::string::npos);
  EXPECT_NE(error_of(MeasureInput()).find("test"), std::string::npos);
  input = whole();
  input.conditional_y[3] = 3;
  EXPECT_NE(error_of(input).find("classes from 0 to 3, expected 0 to 2"), std::string::npos) << error_of(input);
}

TEST(Measure, AnImpossibleTokenMakesTheLikelihoodUndefined) {
  MeasureInput input = whole();
  input.masked[0].log_prob[3] = -INFINITY;
  const auto rows = by_name(measure(input));
  EXPECT_EQ(rows.at("nll_masked/0.25").status, "undefined");
  EXPECT_TRUE(std::isnan(rows.at("nll_masked/0.25").value));
  EXPECT_EQ(rows.at("masked_accuracy/0.25").value, 1.0);
  EXPECT_NEAR(rows.at("nll_masked/0.50").value, -input.masked[1].log_prob.mean().item<double>(), 1e-6);
}

TEST(Measure, TwoStreamsGiveRowsForEachAndForBoth) {
  MeasureInput input = whole();
  input.masked = {{0.5, "lf", at::full({10}, -1.0), at::zeros({10})},
                  {0.5, "hf", at::full({30}, -2.0), at::ones({30})}};
  const auto rows = by_name(measure(input));
  EXPECT_NEAR(rows.at("nll_masked/0.50").value, 1.75, 1e-12);
  EXPECT_NEAR(rows.at("nll_masked/0.50/lf").value, 1.0, 1e-12);
  EXPECT_NEAR(rows.at("masked_accuracy/0.50/hf").value, 1.0, 1e-12);
}

TEST(Measure, ASingleSampleIsUndefinedNotNan) {
  MeasureInput input = whole();
  input.samples = input.samples.narrow(0, 0, 1);
  input.samples_tokens = input.samples_tokens.narrow(0, 0, 1);
  for (const auto& [name, row] : by_name(measure(input))) {
    EXPECT_EQ(row.note.find("not finite"), std::string::npos) << name;  // each says why in its own words
    EXPECT_TRUE(row.status != "undefined" || !row.note.empty()) << name;
  }
}

TEST(Table, NamesAreUniqueAndFieldsAreFilled) {
  std::set<std::string> names;
  for (const MeasureInfo& info : measure_table()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.summary.empty() || info.family.empty()) << info.name;
    EXPECT_TRUE((std::set<std::string>{"lower", "higher", "none"}.count(info.direction))) << info.name;
    EXPECT_TRUE((std::set<std::string>{"core", "extended", "diagnostic"}.count(info.rank_class))) << info.name;
    EXPECT_GE(info.version, 1);
  }
  EXPECT_THROW(measure_info("nonsense"), std::logic_error);
  EXPECT_EQ(measure_info("perplexity").name, "perplexity/*");
}

TEST(Random, SubsetsAreSortedDistinctAndSeeded) {
  Stream64 first = stream_for(1, "a"), again = stream_for(1, "a"), other = stream_for(1, "b");
  const at::Tensor chosen = draw_subset(1000, 100, first);
  EXPECT_TRUE(chosen.equal(draw_subset(1000, 100, again)));
  EXPECT_FALSE(chosen.equal(draw_subset(1000, 100, other)));
  EXPECT_TRUE(chosen.diff().gt(0).all().item<bool>());
  EXPECT_TRUE(draw_subset(5, 9, first).equal(at::arange(5, at::kLong)));
}

}  // namespace
}  // namespace autodidact
