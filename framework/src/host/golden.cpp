#include "host/golden.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "host/convert.hpp"
#include "host/golden_tolerance.hpp"
#include "host/guard.hpp"
#include "host/one_thread.hpp"
#include "host/open.hpp"
#include "results/file.hpp"

namespace autodidact {

namespace fs = std::filesystem;

std::size_t GoldenReport::passed() const {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [](const GoldenLine& l) { return l.passed; }));
}

namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

struct Group {
  GoldenCase given;
  std::map<std::string, at::Tensor> outputs;
};

std::vector<Group> read_groups(const fs::path& file) {
  const Record record = read_record(file);
  std::map<std::string, Group> groups;
  for (const auto& [path, array] : record.arrays) {
    const std::size_t first = path.find('/');
    const std::size_t second = first == std::string::npos ? first : path.find('/', first + 1);
    const std::string part = second == std::string::npos ? "" : path.substr(first + 1, second - first - 1);
    if (part != "inputs" && part != "outputs")
      throw DataError(file.string() + ": '" + path +
                      "'; a golden file has <group>/inputs/<array> and <group>/outputs/<array>");
    Group& group = groups[path.substr(0, first)];
    auto& side = part == "inputs" ? group.given.inputs : group.outputs;
    side.emplace(path.substr(second + 1), to_tensor(array));
  }
  std::vector<Group> list;
  for (auto& [name, group] : groups) {
    group.given.name = name;
    if (const auto found = record.attributes.find(name); found != record.attributes.end())
      group.given.attributes = found->second;
    list.push_back(std::move(group));
  }
  if (list.empty()) throw DataError(file.string() + ": holds no golden groups");
  return list;
}

std::vector<fs::path> files_of(const std::vector<fs::path>& given) {
  std::vector<fs::path> files;
  for (const fs::path& path : given) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const std::size_t before = files.size();
    for (const fs::directory_entry& entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".h5") files.push_back(entry.path());
    if (files.size() == before) throw DataError(path.string() + ": holds no golden file (*.h5)");
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
  }
  return files;
}

void compare(const std::string& file, const Group& group, const GoldenResult& got, GoldenLine& line) {
  line.passed = true;
  const auto fault = [&line](const std::string& text) {
    line.passed = false;
    line.detail += (line.detail.empty() ? "" : "; ") + text;
  };
  for (const auto& [array, tensor] : got) {
    const auto wanted = group.outputs.find(array);
    if (wanted == group.outputs.end()) {
      fault(array + ": returned, but the group has no such output");
      continue;
    }
    if (golden_tolerance(file, group.given, array).noise) continue;
    line.compared.push_back(array);
    const std::string difference = golden_difference(file, group.given, array, tensor, wanted->second);
    if (!difference.empty()) fault(array + ": " + difference);
  }
  for (const auto& [array, tensor] : group.outputs)
    if (std::find(line.compared.begin(), line.compared.end(), array) == line.compared.end())
      line.not_compared.push_back(array);
  if (line.compared.empty()) fault("claimed, but no array was compared");
}

GoldenLine run_one(const std::string& file, const Group& group, const GoldenClaimant& claimant,
                   const GoldenEntry& entry) {
  GoldenLine line;
  line.file = file;
  line.group = group.given.name;
  line.claimant = claimant.name;
  try {
    const GoldenResult got = Guard{claimant.name}.run("golden", [&] { return entry.run(group.given); });
    compare(file, group, got, line);
  } catch (const std::exception& e) {
    line.passed = false;
    line.detail = e.what();
  }
  return line;
}

}  // namespace

std::string golden_difference(const std::string& file, const GoldenCase& group, const std::string& array,
                              const at::Tensor& got, const at::Tensor& wanted) {
  if (!got.defined()) return "nothing was returned";
  if (got.sizes() != wanted.sizes()) return "found " + form_of(got) + ", expected " + form_of(wanted);
  const Tolerance tolerance = golden_tolerance(file, group, array);
  const at::Tensor a = got.detach().to(at::kCPU, at::kDouble).flatten(), b = wanted.to(at::kDouble).flatten();
  if (a.numel() == 0) return "";
  const at::Tensor both_equal = a.eq(b).logical_or(a.isnan().logical_and(b.isnan()));
  double atol = tolerance.atol;
  if (tolerance.relative_to_largest) {
    const at::Tensor finite = b.masked_select(b.isfinite());
    if (finite.numel() > 0) atol *= finite.abs().max().item<double>();
  }
  const at::Tensor error = at::where(both_equal, at::zeros_like(a), (a - b).abs());  // NaN where one side alone is NaN
  const at::Tensor bound =
      at::where(b.isfinite(), b.abs() * tolerance.rtol + atol, at::full_like(b, -1.0));  // or equal
  const at::Tensor off = error.le(bound).logical_or(both_equal).logical_not();
  const auto count = off.sum().item<std::int64_t>();
  if (count == 0) return "";
  if (tolerance.flip_share > 0 && static_cast<double>(count) <= tolerance.flip_share * static_cast<double>(a.numel()) &&
      error.le(tolerance.flip_size).all().item<bool>())
    return "";
  const auto worst =
      at::where(off, error.nan_to_num(INFINITY), at::full_like(error, -1.0)).argmax().item<std::int64_t>();
  return std::to_string(count) + " of " + std::to_string(a.numel()) + " entries off, the worst at " +
         std::to_string(worst) + ": found " + number(a[worst].item<double>()) + ", expected " +
         number(b[worst].item<double>()) + " +- " + number(b[worst].abs().item<double>() * tolerance.rtol + atol);
}

std::vector<GoldenClaimant> golden_claimants(std::span<const GoldenEntry> host, std::span<const PluginInfo> plugins,
                                             GoldenReport& report) {
  std::vector<GoldenClaimant> claimants;
  if (!host.empty()) claimants.push_back({"measures", {}});
  for (const GoldenEntry& entry : host) claimants.back().entries.push_back(&entry);
  for (const PluginInfo& info : plugins) {
    if (info.golden.empty()) continue;
    const std::string name = kind_name(info.kind) + "/" + info.name;
    try {
      claimants.push_back({name, golden_of(info)});
    } catch (const std::exception& e) {
      GoldenLine line;
      line.file = info.golden.front().first;
      line.group = info.golden.front().second;
      line.claimant = name;
      line.detail = e.what();
      report.lines.push_back(std::move(line));
    }
  }
  return claimants;
}

void run_golden(const std::vector<fs::path>& files, const std::vector<GoldenClaimant>& claimants, GoldenReport& report,
                const std::function<void(const GoldenLine&)>& progress) {
  const OneThread one_thread;
  for (const fs::path& path : files_of(files)) {
    const std::string file = path.stem().string();
    for (const Group& group : read_groups(path)) {
      bool claimed = false;
      for (const GoldenClaimant& claimant : claimants)
        for (const GoldenEntry* entry : claimant.entries) {
          if (entry->file != file || !glob_match(entry->groups, group.given.name)) continue;
          claimed = true;
          report.lines.push_back(run_one(file, group, claimant, *entry));
          if (progress) progress(report.lines.back());
        }
      if (!claimed) report.unclaimed.push_back(file + "/" + group.given.name);
    }
  }
}

}  // namespace autodidact
