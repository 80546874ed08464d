// Golden files against this build: every group of every file is handed to all who claim it, and what they return is
// compared with the group's outputs.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autodidact/plugin/golden.hpp"
#include "config/plugin_info.hpp"

namespace autodidact {

// One who claims groups: a plugin, or the host's measures.
struct GoldenClaimant {
  std::string name;  // "objective/vicreg", "measures"
  std::vector<const GoldenEntry*> entries;
};

// One claimant on one group.
struct GoldenLine {
  std::string file, group, claimant;  // file: the stem
  bool passed = false;
  std::vector<std::string> compared;      // arrays of the group's outputs
  std::vector<std::string> not_compared;  // outputs that were not returned, or that the tolerance text leaves out
  std::string detail;                     // of a failure: array, found, wanted; of a pass: ""
};

struct GoldenReport {
  std::vector<GoldenLine> lines;       // by file, group, claimant
  std::vector<std::string> unclaimed;  // "metrics_mmd/gaussian_biased_..."
  std::size_t passed() const;
  std::size_t failed() const { return lines.size() - passed(); }
};

// What plugins of a catalog and the host claim. A plugin that cannot be opened claims nothing and gives a line that
// failed.
std::vector<GoldenClaimant> golden_claimants(std::span<const GoldenEntry> host, std::span<const PluginInfo> plugins,
                                             GoldenReport& report);

// files: golden files, or folders of them (*.h5). `progress`, if given, is called with each line as it comes. Throws
// DataError for a file that cannot be read or is no golden file, and for a folder without any.
void run_golden(const std::vector<std::filesystem::path>& files, const std::vector<GoldenClaimant>& claimants,
                GoldenReport& report, const std::function<void(const GoldenLine&)>& progress = nullptr);

// "" or how `got` differs from `wanted` under the group's tolerances and the exceptions of its file.
std::string golden_difference(const std::string& file, const GoldenCase& group, const std::string& array,
                              const at::Tensor& got, const at::Tensor& wanted);

// Shell pattern: * any run of characters, ? any one, | between alternatives.
bool glob_match(const std::string& pattern, const std::string& text);

}  // namespace autodidact
