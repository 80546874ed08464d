#include "host/catalog/catalog.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "autodidact/plugin/error.hpp"
#include "host/catalog/cache.hpp"
#include "host/catalog/probe.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

// Every *.so of the folders in order, names sorted within a folder; a file may be named itself. A file reached twice
// (a link, a folder given twice) comes once.
std::vector<fs::path> candidates(const std::vector<fs::path>& folders, std::vector<Refusal>& refused) {
  std::vector<fs::path> files;
  std::set<fs::path> seen;
  const auto add = [&](const fs::path& file) {
    std::error_code ec;
    const fs::path real = fs::canonical(file, ec);
    if (seen.insert(ec ? file : real).second) files.push_back(fs::absolute(file).lexically_normal());
  };
  for (const fs::path& folder : folders) {
    std::error_code ec;
    if (fs::is_regular_file(folder, ec)) {
      add(folder);
      continue;
    }
    std::vector<fs::path> inside;
    fs::directory_iterator entries(folder, ec);
    if (ec) {
      refused.push_back({folder, "no such folder of plugins (" + ec.message() + "); create it or leave it out"});
      continue;
    }
    for (const fs::directory_entry& entry : entries)
      if (entry.path().extension() == ".so" && !entry.is_directory(ec)) inside.push_back(entry.path());
    std::sort(inside.begin(), inside.end());
    for (const fs::path& file : inside) add(file);
  }
  return files;
}

// The digest of a file that may be unreadable or no file at all; "" then, and the probe says why.
std::string digest_of(const fs::path& file) {
  try {
    std::error_code ec;
    return fs::is_regular_file(file, ec) ? sha256_file(file) : "";
  } catch (const std::exception&) {
    return "";
  }
}

Probed look_at(const fs::path& file, const std::string& digest, CatalogCache& cache, const CatalogOptions& options) {
  if (auto known = cache.get(file, digest)) return *known;
  Probed probed = probe_in_child(file, options);
  if (!digest.empty()) cache.put(file, probed);
  return probed;
}

}  // namespace

Catalog read_catalog(const CatalogOptions& options) {
  Catalog catalog;
  CatalogCache cache(options.cache);
  std::map<std::pair<Kind, std::string>, PluginInfo> found;
  std::string twice;
  for (const fs::path& file : candidates(options.folders, catalog.refused)) {
    const std::string digest = digest_of(file);
    Probed probed = look_at(file, digest, cache, options);
    if (!probed.info) {
      catalog.refused.push_back({file, probed.fault});
      continue;
    }
    probed.info->file = file;
    probed.info->digest = digest;
    const auto [place, fresh] = found.try_emplace({probed.info->kind, probed.info->name}, *probed.info);
    if (!fresh && place->second.digest != digest && twice.empty())
      twice = "two different plugins are called " + kind_name(probed.info->kind) + "/" + probed.info->name + ": " +
              place->second.file.string() + " and " + file.string() +
              "; rename one or take its folder out of the search path";
  }
  cache.save();
  if (!twice.empty()) throw ConfigError(twice);
  for (auto& [name, info] : found) catalog.plugins.push_back(std::move(info));
  return catalog;
}

}  // namespace autodidact
