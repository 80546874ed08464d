// The measures against the golden files they claim, under the tolerances of the host's runner.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "host/golden.hpp"
#include "metrics/measure.hpp"

namespace autodidact {
namespace {

const std::filesystem::path kGolden = std::filesystem::path(AUTODIDACT_SHARED_DIR) / "golden";

GoldenReport run_file(const std::string& stem) {
  GoldenClaimant measures{"measures", {}};
  for (const GoldenEntry& entry : host_golden()) measures.entries.push_back(&entry);
  GoldenReport report;
  run_golden({kGolden / (stem + ".h5")}, {measures}, report);
  return report;
}

class MetricsGolden : public testing::TestWithParam<std::size_t> {};

TEST_P(MetricsGolden, AgreesWithTheReference) {
  const std::string stem = host_golden()[GetParam()].file;
  if (!std::filesystem::exists(kGolden / (stem + ".h5"))) GTEST_SKIP() << "no golden files in " << kGolden;
  const GoldenReport report = run_file(stem);
  EXPECT_FALSE(report.lines.empty());
  for (const GoldenLine& line : report.lines)
    EXPECT_TRUE(line.passed) << stem << "/" << line.group << ": " << line.detail;
}

// Two entries may share a file: the number keeps names apart.
INSTANTIATE_TEST_SUITE_P(Files, MetricsGolden, testing::Range<std::size_t>(0, host_golden().size()),
                         [](const auto& test) {
                           return std::string(host_golden()[test.param].file) + "_" + std::to_string(test.param);
                         });

// Which outputs of the references are not ours to compute: a change here is deliberate.
TEST(MetricsGoldenOutputs, LeaveOutTheFloat32BinsOnly) {
  if (!std::filesystem::exists(kGolden)) GTEST_SKIP() << "no golden files in " << kGolden;
  std::set<std::string> left;
  for (const GoldenEntry& entry : host_golden())
    for (const GoldenLine& line : run_file(entry.file).lines)
      for (const std::string& array : line.not_compared) left.insert(line.file + "/" + array);
  EXPECT_EQ(left, (std::set<std::string>{"metrics_tsgbench/mdd", "metrics_tsgbench/mdd_components"}));
}

}  // namespace
}  // namespace autodidact
