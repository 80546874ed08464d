// The measures against the golden files they claim. Tolerances are each group's own; the exceptions that its text names
// are in `exceptions` below.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "metrics/measure.hpp"
#include "results/file.hpp"

namespace autodidact {
namespace {

const std::filesystem::path kGolden = std::filesystem::path(AUTODIDACT_SHARED_DIR) / "golden";

at::ScalarType dtype_of(Type type) {
  switch (type) {
    case Type::f32: return at::kFloat;
    case Type::f64: return at::kDouble;
    case Type::i64: return at::kLong;
    case Type::i32: return at::kInt;
    case Type::i16: return at::kShort;
    case Type::u8: return at::kByte;
    case Type::boolean: return at::kBool;
  }
  return at::kDouble;
}

at::Tensor tensor_of(const Array& array) {
  const at::Tensor out = at::empty(array.shape, dtype_of(array.type));
  std::memcpy(out.data_ptr(), array.data.data(), array.data.size());
  return out;
}

struct Group {
  GoldenCase given;
  std::map<std::string, at::Tensor> wanted;
};

std::map<std::string, Group> read_groups(const std::string& stem) {
  const Record record = read_record(kGolden / (stem + ".h5"));
  std::map<std::string, Group> groups;
  for (const auto& [path, array] : record.arrays) {
    const auto first = path.find('/'), second = path.find('/', first + 1);
    const std::string name = path.substr(0, first), part = path.substr(first + 1, second - first - 1);
    Group& group = groups[name];
    group.given.name = name;
    (part == "inputs" ? group.given.inputs : group.wanted)[path.substr(second + 1)] = tensor_of(array);
  }
  for (auto& [name, group] : groups)
    if (const auto found = record.attributes.find(name); found != record.attributes.end())
      group.given.attributes = found->second;
  return groups;
}

struct Tolerance {
  double rtol, atol;
};

// What the text of a group's tolerance allows beyond its rtol and atol.
Tolerance exceptions(const std::string& stem, const GoldenCase& given, const std::string& array, Tolerance usual) {
  if (stem == "metrics_tsgbench" && array == "mdd_float64_bins")
    return given.name == "identical" ? Tolerance{0, 0.02} : Tolerance{1e-6, 0};
  const std::set<std::string> moments = {"sd", "kd", "skewness_real", "skewness_generated", "kurtosis_real",
                                         "kurtosis_generated"};
  if (stem == "metrics_tsgbench" && moments.count(array)) return {1e-6, 1e-6};
  if (stem == "metrics_probe" && array == "svm_accuracy")
    return {0, 2.0 / static_cast<double>(given.inputs.at("test_y").size(0)) + 1e-12};
  if (stem == "metrics_fid" && array != "fid_symmetric_eigen_check") return {usual.rtol, std::max(usual.atol, 1e-8)};
  if (stem == "metrics_prdc" && array.ends_with("_radii")) return {usual.rtol, 1e-7};
  return usual;
}

void compare(const std::string& stem, const Group& group, const std::string& array, const at::Tensor& got) {
  const auto found = group.wanted.find(array);
  ASSERT_NE(found, group.wanted.end()) << stem << "/" << group.given.name << " has no output " << array;
  const at::Tensor want = found->second.to(at::kDouble), have = got.to(at::kDouble);
  ASSERT_EQ(want.numel(), have.numel()) << stem << "/" << group.given.name << "/" << array;
  const Tolerance t = exceptions(stem, group.given, array, {group.given.real("rtol"), group.given.real("atol")});
  const at::Tensor error = (have.flatten() - want.flatten()).abs() - (t.atol + t.rtol * want.flatten().abs());
  const at::Tensor same_nan = want.flatten().isnan().logical_and(have.flatten().isnan());
  const bool close = error.le(0).logical_or(same_nan).all().item<bool>();
  EXPECT_TRUE(close) << stem << "/" << group.given.name << "/" << array << ": want " << want.flatten().narrow(0, 0, 1)
                     << " got " << have.flatten().narrow(0, 0, 1) << " largest excess " << error.max().item<double>();
}

bool matches(const std::string& pattern, const std::string& name) {
  if (pattern == "*") return true;
  return pattern.ends_with("*") ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

class MetricsGolden : public testing::TestWithParam<std::size_t> {};

TEST_P(MetricsGolden, AgreesWithTheReference) {
  const GoldenEntry& entry = host_golden()[GetParam()];
  if (!std::filesystem::exists(kGolden / (std::string(entry.file) + ".h5"))) GTEST_SKIP() << "no golden files in " << kGolden;
  std::size_t groups = 0;
  for (const auto& [name, group] : read_groups(entry.file)) {
    if (!matches(entry.groups, name)) continue;
    ++groups;
    const GoldenResult result = entry.run(group.given);
    EXPECT_FALSE(result.empty());
    for (const auto& [array, got] : result) compare(entry.file, group, array, got);
  }
  EXPECT_GT(groups, 0u);
}

INSTANTIATE_TEST_SUITE_P(Files, MetricsGolden, testing::Range<std::size_t>(0, host_golden().size()),
                         [](const auto& test) { return std::string(host_golden()[test.param].file); });

}  // namespace
}  // namespace autodidact
