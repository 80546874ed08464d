#include "host/golden.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "autodidact/plugin/error.hpp"
#include "host/convert.hpp"
#include "results/file.hpp"

namespace autodidact {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Glob, StarsMarksAndAlternatives) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("rocket_*", "rocket_10x40_k50"));
  EXPECT_FALSE(glob_match("rocket_*", "minirocket_5"));
  EXPECT_TRUE(glob_match("*_groups?_T*", "B8_F16_plain_groups1_T5"));
  EXPECT_FALSE(glob_match("*_groups?_T*", "B8_F16_plain_groups64_T5"));
  EXPECT_TRUE(glob_match("a|b*|c", "bcd"));
  EXPECT_FALSE(glob_match("a|b*|c", "d"));
  EXPECT_TRUE(glob_match("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(glob_match("a*b*c", "aXbYbZ"));
  EXPECT_FALSE(glob_match("", "x"));
}

GoldenCase group(std::map<std::string, ParamValue> more = {}) {
  GoldenCase g;
  g.name = "g";
  g.attributes = {{"rtol", 1e-3}, {"atol", 1e-6}};
  g.attributes.merge(more);
  return g;
}

std::string difference(const std::string& file, const std::string& array, std::vector<double> got,
                       std::vector<double> wanted, const GoldenCase& given = group()) {
  return golden_difference(file, given, array, at::tensor(got), at::tensor(wanted, at::kDouble));
}

TEST(Tolerance, RelativeAbsoluteAndNotANumber) {
  EXPECT_EQ(difference("f", "a", {1.0005, 1e-7}, {1, 0}), "");
  EXPECT_THAT(difference("f", "a", {1.0, 5, 2}, {1, 2, 2}),
              HasSubstr("1 of 3 entries off, the worst at 1: found 5, expected 2"));
  EXPECT_EQ(difference("f", "a", {NAN, INFINITY, -INFINITY}, {NAN, INFINITY, -INFINITY}), "");
  EXPECT_THAT(difference("f", "a", {NAN, 1}, {1, 1}), HasSubstr("1 of 2"));
  EXPECT_THAT(difference("f", "a", {1, 1}, {1, NAN}), HasSubstr("1 of 2"));
  EXPECT_THAT(difference("f", "a", {INFINITY}, {1}), HasSubstr("1 of 1"));
  EXPECT_THAT(difference("f", "a", {-INFINITY}, {INFINITY}), HasSubstr("1 of 1"));
  EXPECT_THAT(golden_difference("f", group(), "a", at::ones({2}), at::ones({1, 2})),
              HasSubstr("found float32 (2), expected float32 (1, 2)"));
}

TEST(Tolerance, ExceptionsOfTheTexts) {
  // Relative to the largest entry.
  EXPECT_EQ(difference("iternorm", "y", {1000, 5e-4}, {1000, 0}), "");
  EXPECT_THAT(difference("stft_roundtrip", "y", {1000, 5e-4}, {1000, 0}), HasSubstr("1 of 2"));
  EXPECT_EQ(difference("ssl_vicreg", "grad_z1", {1000, 5e-4}, {1000, 0}), "");
  EXPECT_NE(difference("ssl_vicreg", "term_variance", {1000, 5e-4}, {1000, 0}), "");
  // Ten times what float32 loses in the reference.
  EXPECT_EQ(difference("ssl_vicreg", "loss_float32", {1 + 9e-7}, {1}, group({{"float32_loss_relative_error", 1e-7}})),
            "");
  EXPECT_NE(difference("ssl_vicreg", "loss_float32", {1 + 3e-6}, {1}, group({{"float32_loss_relative_error", 1e-7}})),
            "");
  // A tight check beside a loose root.
  EXPECT_NE(difference("metrics_fid", "fid_symmetric_eigen_check", {1 + 1e-6}, {1}), "");
  EXPECT_EQ(difference("metrics_fid", "fid", {1 + 1e-6}, {1}), "");
  // Two counts of a series of 100 may flip, on a few entries.
  GoldenCase mini = group();
  mini.name = "minirocket_x";
  mini.inputs["series"] = at::zeros({2, 100});
  std::vector<double> wanted(1000, 0.5), got = wanted;
  got[3] = 0.52, got[700] = 0.48;
  EXPECT_EQ(difference("features_rocket", "features", got, wanted, mini), "");
  got[4] = 0.56;
  EXPECT_NE(difference("features_rocket", "features", got, wanted, mini), "");
}

// A small golden file, and claimants that meet it, miss it, and throw.
GoldenResult meets(const GoldenCase& g) { return {{"double", g.inputs.at("x") * 2}}; }
GoldenResult misses(const GoldenCase& g) {
  return {{"double", g.inputs.at("x") * 3}, {"unheard_of", g.inputs.at("x")}};
}
GoldenResult throws(const GoldenCase& g) { return {{"double", g.inputs.at("not there")}}; }
GoldenResult nothing(const GoldenCase&) { return {}; }

class GoldenFile : public testing::Test {
 protected:
  GoldenFile() {
    Record record;
    for (const std::string name : {"first", "second", "third"}) {
      const at::Tensor x = at::arange(4, at::kDouble);
      record.arrays[name + "/inputs/x"] = to_array(x);
      record.arrays[name + "/outputs/double"] = to_array(x * 2);
      record.arrays[name + "/outputs/square"] = to_array(x * x);
      record.attributes[name] = {{"rtol", 1e-9}, {"atol", 1e-9}, {"tolerance", std::string("plain")}};
    }
    std::filesystem::create_directories(folder_);
    write_record(record, folder_ / "topic.h5");
  }
  ~GoldenFile() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("golden-test-" + std::to_string(::getpid()));
};

TEST_F(GoldenFile, ClaimsAreRunComparedAndCounted) {
  const GoldenEntry entries[] = {{"topic", "first|third", meets},
                                 {"topic", "f*", misses},
                                 {"topic", "first", throws},
                                 {"topic", "first", nothing},
                                 {"elsewhere", "*", meets}};
  GoldenReport report;
  std::size_t told = 0;
  run_golden({folder_}, golden_claimants(entries, {}, report), report, [&](const GoldenLine&) { ++told; });
  ASSERT_EQ(report.lines.size(), 5u);
  EXPECT_EQ(told, 5u);
  EXPECT_EQ(report.passed(), 2u);
  EXPECT_EQ(report.failed(), 3u);
  EXPECT_THAT(report.unclaimed, ElementsAre("topic/second"));
  const GoldenLine& good = report.lines[0];
  EXPECT_TRUE(good.passed);
  EXPECT_THAT(good.compared, ElementsAre("double"));
  EXPECT_THAT(good.not_compared, ElementsAre("square"));
  EXPECT_THAT(report.lines[1].detail, testing::AllOf(HasSubstr("double: 3 of 4"), HasSubstr("unheard_of")));
  EXPECT_THAT(report.lines[2].detail, HasSubstr("measures: golden"));
  EXPECT_THAT(report.lines[3].detail, HasSubstr("no array was compared"));
  EXPECT_EQ(report.lines[4].group, "third");
}

TEST_F(GoldenFile, FolderWithoutFilesAndFileWithoutGroups) {
  GoldenReport report;
  std::filesystem::create_directories(folder_ / "empty");
  EXPECT_THROW(run_golden({folder_ / "empty"}, {}, report), DataError);
  Record record;
  record.arrays["loose"] = to_array(at::ones({2}));
  write_record(record, folder_ / "empty/loose.h5");
  EXPECT_THROW(run_golden({folder_ / "empty"}, {}, report), DataError);
}

}  // namespace
}  // namespace autodidact
