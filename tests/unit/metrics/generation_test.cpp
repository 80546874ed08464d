// Memorisation, conditional samples, tokens, classifiers' scores.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>

#include "autodidact/plugin/error.hpp"
#include "metrics/families.hpp"
#include "metrics/memorisation.hpp"
#include "metrics/recurrent.hpp"
#include "metrics/tokens.hpp"

namespace autodidact {
namespace {

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

std::map<std::string, Measurement> by_name(Report& report) {
  std::map<std::string, Measurement> rows;
  for (const Measurement& row : report.finish()) rows[row.name] = row;
  return rows;
}

std::map<std::string, Measurement> memorisation_of(const Sets& series) {
  MeasureInput input;
  input.seed = 1;
  Report report(1);
  measure_memorisation(input, series, floor_rows(series, 1, 3), report);
  return by_name(report);
}

TEST(Memorisation, NearestDistancesByHand) {
  const at::Tensor rows = at::tensor({0.0, 3.0, 10.0}, at::kDouble).view({3, 1});
  EXPECT_TRUE(nearest_distances(rows, rows).equal(at::zeros({3}, at::kDouble)));
  EXPECT_TRUE(nearest_distances(rows, rows, at::arange(3)).allclose(at::tensor({3.0, 3.0, 7.0}, at::kDouble)));
  const at::Tensor last = at::tensor({2}, at::kLong);
  EXPECT_TRUE(nearest_distances(rows.narrow(0, 2, 1), rows, last).allclose(at::tensor({7.0}, at::kDouble)));
}

TEST(Memorisation, FreshSamplesAreAtTheFloorAndCopiesAreSeen) {
  const at::Tensor train = noise({300, 1, 8}, 1), test = noise({300, 1, 8}, 2);
  const auto fresh = memorisation_of({train, test, noise({300, 1, 8}, 3)});
  EXPECT_NEAR(fresh.at("memorisation").value, 1.0, 0.05);
  EXPECT_NEAR(fresh.at("memorisation").floor, 1.0, 0.1);
  EXPECT_EQ(fresh.at("copy_share").value, 0.0);
  EXPECT_EQ(fresh.at("copy_share").floor, 0.0);
  const auto copied = memorisation_of({train, test, train + 1e-3 * noise({300, 1, 8}, 4)});
  EXPECT_LT(copied.at("memorisation").value, 0.01);
  EXPECT_EQ(copied.at("copy_share").value, 1.0);
  const auto half = memorisation_of({train, test, at::cat({train.narrow(0, 0, 150), noise({150, 1, 8}, 5)})});
  EXPECT_EQ(half.at("copy_share").value, 0.5);
  EXPECT_LT(half.at("copy_share").low, 0.5);
  EXPECT_GT(half.at("copy_share").high, 0.5);
}

TEST(Memorisation, CountsOfTrainAndTestAreMadeEqual) {
  // Ten times as many training series would be nearer by chance alone.
  const auto rows = memorisation_of({noise({1000, 1, 4}, 1), noise({100, 1, 4}, 2), noise({400, 1, 4}, 3)});
  EXPECT_NEAR(rows.at("memorisation").value, 1.0, 0.12);
  EXPECT_EQ(rows.at("memorisation").n_real, 100);
}

TEST(Memorisation, FilesInTheOrderOfTheirClassesHaveTheSameFloor) {
  const at::Tensor apart = 20.0 * at::arange(4, at::kDouble).repeat_interleave(50).view({200, 1, 1});
  const Sets sorted{noise({200, 1, 8}, 1) + apart, noise({200, 1, 8}, 2) + apart, noise({200, 1, 8}, 3) + apart};
  const Measurement row = memorisation_of(sorted).at("memorisation");
  EXPECT_NEAR(row.floor, 1.0, 0.1);
  EXPECT_NEAR(row.value_at_floor, 1.0, 0.1);
  EXPECT_EQ(row.n_floor, 100);
}

TEST(Memorisation, CopiesAreFoundInAllOfALongerTrain) {
  const at::Tensor train = noise({1000, 1, 4}, 1);
  const auto rows = memorisation_of({train, noise({100, 1, 4}, 2), train.narrow(0, 300, 400)});
  EXPECT_EQ(rows.at("copy_share").value, 1.0);
  EXPECT_EQ(rows.at("copy_share").n_real, 1000);
  EXPECT_EQ(rows.at("copy_share").floor, 0.0);
}

TEST(Memorisation, FewSeriesOrEqualOnesAreUndefined) {
  EXPECT_EQ(memorisation_of({noise({3, 1, 4}, 1), noise({3, 1, 4}, 2), noise({9, 1, 4}, 3)}).at("copy_share").status,
            "undefined");
  EXPECT_EQ(memorisation_of({at::ones({9, 1, 4}), noise({9, 1, 4}, 2), noise({9, 1, 4}, 3)}).at("copy_share").status,
            "undefined");
}

// Features are the labels themselves, so that accuracies can be counted.
MeasureInput labelled(const std::vector<std::int64_t>& asked, const std::vector<std::int64_t>& recognised, Seen& seen) {
  MeasureInput input;
  input.fcn = Extractor{"digest", nullptr, nullptr, nullptr};
  input.fcn_test_accuracy = 0.9;
  input.n_classes = 2;
  input.test_x = noise({40, 1, 4}, 1);
  input.test_y = at::arange(40, at::kLong).remainder(2);
  input.train_y = input.test_y;
  input.conditional_y = at::tensor(asked, at::kLong);
  input.conditional_x = noise({static_cast<std::int64_t>(asked.size()), 1, 4}, 2);
  seen.probabilities_conditional = at::one_hot(at::tensor(recognised, at::kLong), 2).to(at::kDouble);
  seen.fcn.test = seen.fcn.train = noise({40, 3}, 3).to(at::kDouble);
  seen.fcn_conditional = noise({static_cast<std::int64_t>(asked.size()), 3}, 4).to(at::kDouble);
  return input;
}

TEST(Conditional, AccuracyIsTheShareRecognised) {
  Seen seen;
  const MeasureInput input = labelled({0, 0, 1, 1, 1}, {0, 1, 1, 1, 0}, seen);
  Report report(1);
  measure_conditional(input, seen, report);
  const auto rows = by_name(report);
  EXPECT_DOUBLE_EQ(rows.at("conditional_accuracy").value, 0.6);
  EXPECT_DOUBLE_EQ(rows.at("conditional_accuracy").floor, 0.9);
  EXPECT_EQ(rows.at("conditional_accuracy").n_gen, 5);
  EXPECT_EQ(rows.at("fid_fcn_by_class").repeats, 2);
  EXPECT_EQ(rows.at("fid_fcn_by_class").status, "degraded");  // 2 series of a class for 3 features
}

TEST(Conditional, AClassWithoutSamplesIsLeftOutAndSaid) {
  Seen seen;
  const MeasureInput input = labelled({0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}, seen);
  Report report(1);
  measure_conditional(input, seen, report);
  const auto row = by_name(report).at("fid_fcn_by_class");
  EXPECT_EQ(row.repeats, 1);
  EXPECT_NE(row.note.find("1 class(es)"), std::string::npos) << row.note;
}

TEST(Tokens, NgramsByHand) {
  const at::Tensor tokens = at::tensor({1, 2, 3, 0, 0, 1}, at::kLong).view({2, 3});
  EXPECT_TRUE(ngrams(tokens, 1, 4).equal(tokens));
  EXPECT_TRUE(ngrams(tokens, 2, 4).equal(at::tensor({6, 11, 0, 1}, at::kLong).view({2, 2})));
  EXPECT_TRUE(ngrams(tokens, 3, 4).equal(at::tensor({27, 1}, at::kLong).view({2, 1})));
  EXPECT_EQ(ngrams(tokens, 4, 4).numel(), 0);
}

TEST(Tokens, DivergenceHasItsLimitsAndAHandComputedValue) {
  const at::Tensor a = at::tensor({0, 0, 1, 1}, at::kLong), b = at::tensor({2, 3}, at::kLong);
  EXPECT_NEAR(jensen_shannon(a, a), 0, 1e-15);
  EXPECT_NEAR(jensen_shannon(a, b), std::log(2.0), 1e-15);
  EXPECT_NEAR(jensen_shannon(b, a), std::log(2.0), 1e-15);
  // p = (1/2, 1/2), q = (1, 0)
  const double want = 0.5 * (0.5 * std::log(2.0 / 3.0) + 0.5 * std::log(2.0)) + 0.5 * std::log(4.0 / 3.0);
  EXPECT_NEAR(jensen_shannon(a, at::tensor({0}, at::kLong)), want, 1e-15);
  EXPECT_TRUE(std::isnan(jensen_shannon(a, at::empty({0}, at::kLong))));
}

TEST(Tokens, CoverageCountsCodesOfTheRealSetOnly) {
  const at::Tensor real = at::tensor({0, 1, 2, 2}, at::kLong), made = at::tensor({2, 5}, at::kLong);
  EXPECT_DOUBLE_EQ(code_coverage(real, made, 8), 1.0 / 3);
  EXPECT_DOUBLE_EQ(code_coverage(made, made, 8), 1.0);
}

TEST(Tokens, RowsSeeAnOrderThatSingleTokensDoNot) {
  MeasureInput input;
  input.tokens_train = at::arange(8, at::kLong).expand({60, 8}).contiguous();
  input.tokens_test = input.tokens_train.clone();
  input.samples_tokens = input.tokens_train.flip(1);
  input.streams = {{"all", 0, 8, 8, {}}};
  Report report(1);
  measure_tokens(input, report);
  const auto rows = by_name(report);
  EXPECT_NEAR(rows.at("token_divergence/1").value, 0, 1e-12);
  EXPECT_NEAR(rows.at("token_divergence/2").value, std::log(2.0), 1e-12);
  EXPECT_NEAR(rows.at("token_divergence/3").floor, 0, 1e-12);
  EXPECT_DOUBLE_EQ(rows.at("code_coverage").value, 1.0);
}

TEST(Classifiers, ScoresBecomeMeansWithTheRealOnesBeside) {
  MeasureInput input;
  input.test_x = noise({10, 1, 4}, 1);
  input.cas = ClassifierScores{{0.6, 0.8}, {0.5, 0.7}, {0.8, 1.0}, {0.7, 0.9}, {0.9, 0.9}, 1000, 5000, 0, ""};
  Report report(1);
  measure_classifiers(input, report);
  auto rows = by_name(report);
  EXPECT_DOUBLE_EQ(rows.at("cas").value, 0.7);
  EXPECT_DOUBLE_EQ(rows.at("cas").floor, 0.9);
  EXPECT_EQ(rows.at("cas").status, "degraded");  // fewer steps than the recipe
  EXPECT_DOUBLE_EQ(rows.at("cas_ratio").value, 0.5 * (0.75 + 0.8));
  EXPECT_DOUBLE_EQ(rows.at("cas_trts").value, 0.9);
  input.cas->steps = 5000;
  Report two(1);
  measure_classifiers(input, two);
  EXPECT_NE(by_name(two).at("cas").note.find("2 repeats, the recipe has 5"), std::string::npos);
  input.cas->tstr = {0.5, 0.5, 0.5, 0.5, 0.5};
  Report five(1);
  measure_classifiers(input, five);
  rows = by_name(five);
  EXPECT_EQ(rows.at("cas").status, "ok");
  input.cas->undefined = "1 of 2 classes have no sample";
  Report none(1);
  measure_classifiers(input, none);
  EXPECT_EQ(by_name(none).at("cas").status, "undefined");
}

TEST(Recurrent, ScoresOfShortTrainingAreMarked) {
  MeasureInput input;
  input.recurrent = RecurrentScores{{0.1, 0.2}, {0.0, 0.1}, {0.3}, {0.2}, 50, 20, 2000};
  Report report(1);
  measure_recurrent(input, report);
  auto rows = by_name(report);
  EXPECT_EQ(rows.at("ds_star").status, "degraded");
  EXPECT_DOUBLE_EQ(rows.at("ds_star").floor, 0.05);
  input.recurrent->steps = 2000;
  Report whole(1);
  measure_recurrent(input, whole);
  EXPECT_EQ(by_name(whole).at("ps_star").status, "ok");
}

TEST(Recurrent, ManySeriesAreScoredInBlocksAsAtOnce) {
  at::manual_seed(3);
  const at::Tensor x = at::rand({300, 1, 6}), y = at::rand({300, 1, 6});
  const Recurrent guess = predictor(1), judge = discriminator(1);
  EXPECT_NEAR(predictive_score(guess, x), predictor_loss(guess, x).item<double>(), 1e-6);
  const double right = judge.last(x).gt(0).sum().item<double>() + judge.last(y).le(0).sum().item<double>();
  EXPECT_DOUBLE_EQ(discriminative_score(judge, x, y), std::abs(right / 600 - 0.5));
}

TEST(Recurrent, UnitRangeMapsTheRealRangeOntoZeroToOne) {
  const at::Tensor x = at::tensor({1.0f, 3.0f, 5.0f, 7.0f, 7.0f, 7.0f}).view({1, 2, 3});
  const at::Tensor scaled = unit_range(x, x);
  EXPECT_TRUE(scaled.allclose(at::tensor({0.0f, 0.5f, 1.0f, 0.0f, 0.0f, 0.0f}).view({1, 2, 3})));
  EXPECT_TRUE(unit_range(2 * x, x).select(1, 0).allclose(at::tensor({0.25f, 1.25f, 2.25f}).view({1, 3})));
}

TEST(Recurrent, ADiscriminatorLearnsWhatIsApartAndScoresChanceAsZero) {
  at::manual_seed(1);
  const Recurrent network = discriminator(1);
  const at::Tensor real = at::rand({64, 1, 6}), made = real + 3;
  EXPECT_NEAR(discriminative_score(network, real, real), 0, 1e-12);  // right on one copy, wrong on the other
  std::vector<at::Tensor> leaves;
  for (const Parameter& p : network.parameters()) leaves.push_back(p.tensor);
  for (int step = 0; step < 200; ++step) {
    const at::AutoGradMode grad(true);
    discriminator_loss(network, real, made).backward();
    const at::NoGradGuard no_grad;
    for (at::Tensor& leaf : leaves) {
      leaf.sub_(leaf.grad(), 0.3);
      leaf.mutable_grad().zero_();
    }
  }
  EXPECT_GT(discriminative_score(network, real, made), 0.45);
}

TEST(Recurrent, APredictorSeesOtherChannelsOnly) {
  at::manual_seed(2);
  const Recurrent network = predictor(3);
  const at::Tensor x = at::rand({4, 3, 5});
  at::Tensor changed = x.clone();
  changed.select(1, 2).select(1, 0).fill_(9);  // the target's first step is neither seen nor asked for
  EXPECT_NEAR(predictor_loss(network, x).item<double>(), predictor_loss(network, changed).item<double>(), 1e-7);
  changed.select(1, 0).fill_(2);
  EXPECT_NE(predictor_loss(network, x).item<double>(), predictor_loss(network, changed).item<double>());
}

TEST(SelectionOfMeasures, LevelsListsAndWrongNames) {
  const Selection core("core"), extended("extended"), all("all"), list("fid_fcn, knn/*,nll_masked");
  EXPECT_TRUE(core.wants("fid_fcn") && core.wants("cas") && core.wants("fcn_accuracy") && !core.wants("kid"));
  EXPECT_TRUE(extended.wants("kid") && !extended.wants("ds_star"));
  EXPECT_TRUE(all.wants("ds_star"));
  EXPECT_TRUE(list.wants("fid_fcn") && list.wants("knn/quantised/avg") && list.wants("nll_masked/0.50/lf"));
  EXPECT_FALSE(list.wants("mdd") || list.wants("knn_balanced/quantised/avg"));
  try {
    Selection("fid_fnc");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_NE(std::string(e.what()).find("fid_fcn"), std::string::npos) << e.what();
  }
  EXPECT_THROW(Selection(""), ConfigError);
}

}  // namespace
}  // namespace autodidact
