// For tests of objectives: all groups of a golden file against what a plugin computes.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>

#include "autodidact/plugin/golden.hpp"
#include "results/file.hpp"

namespace autodidact::ssl::testing_support {

inline at::Tensor tensor_of(const Array& array) {
  const at::ScalarType type = array.type == Type::f64 ? at::kDouble : array.type == Type::f32 ? at::kFloat : at::kLong;
  if (type == at::kLong && array.type != Type::i64) throw std::runtime_error("type not used in these golden files");
  const at::Tensor out = at::empty(array.shape, type);
  std::memcpy(out.data_ptr(), array.data.data(), array.data.size());
  return out;
}

// Every group of a golden file against `run`, each output within the group's rtol and atol, atol relative to its
// largest entry; losses in float32 within ten times the reference's own rounding, and never below a few units in the
// last place. Returns how many outputs were compared; all but the one called `left_out` must be there, and no other.
inline std::size_t compare_with_golden(const std::string& stem, GoldenResult (*run)(const GoldenCase&),
                                       const std::string& left_out = "") {
  const std::filesystem::path file = std::filesystem::path(AUTODIDACT_SHARED_DIR) / "golden" / (stem + ".h5");
  if (!std::filesystem::exists(file)) return 0;
  const Record record = read_record(file);
  std::map<std::string, GoldenCase> cases;
  std::map<std::string, std::map<std::string, at::Tensor>> wanted;
  for (const auto& [path, array] : record.arrays) {
    const auto first = path.find('/'), second = path.find('/', first + 1);
    const std::string name = path.substr(0, first), key = path.substr(second + 1);
    cases[name].name = name;
    (path.substr(first + 1, second - first - 1) == "inputs" ? cases[name].inputs : wanted[name])[key] =
        tensor_of(array);
  }
  std::size_t compared = 0;
  for (auto& [name, given] : cases) {
    given.attributes = record.attributes.at(name);
    const GoldenResult result = run(given);
    for (const auto& [key, got] : result) EXPECT_TRUE(wanted[name].count(key)) << stem << "/" << name << "/" << key;
    for (const auto& [key, want] : wanted[name]) {
      if (key == left_out) continue;
      const bool narrow = key.find("float32") != std::string::npos;
      const double rtol = narrow ? std::max(10 * given.real("float32_loss_relative_error"), 5e-7) : given.real("rtol");
      const double atol = narrow ? 0.0 : given.real("atol");
      const auto found = result.find(key);
      if (found == result.end()) {
        ADD_FAILURE() << stem << "/" << name << ": output " << key << " is not computed";
        continue;
      }
      EXPECT_EQ(found->second.sizes(), want.sizes()) << stem << "/" << name << "/" << key;
      const double scale = std::max(1.0, want.abs().max().item<double>());
      const double excess = ((found->second - want).abs() - rtol * want.abs()).max().item<double>() - atol * scale;
      EXPECT_LE(excess, 0.0) << stem << "/" << name << "/" << key;
      ++compared;
    }
  }
  return compared;
}

}  // namespace autodidact::ssl::testing_support
