// What earlier probes found, so that listing plugins loads none. One JSON file, written aside and renamed. A cache that
// is missing, corrupt or of another host is empty; one that cannot be written is left alone.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/catalog/probe.hpp"

namespace autodidact {

class CatalogCache {
 public:
  explicit CatalogCache(std::filesystem::path file);

  // Found only if path, size, time of change and digest of the file are those of the entry.
  std::optional<Probed> get(const std::filesystem::path& plugin, const std::string& digest) const;
  // Faults that may pass are forgotten rather than kept.
  void put(const std::filesystem::path& plugin, const Probed& probed);
  void save() const;  // only if something was put

 private:
  std::filesystem::path file_;
  nlohmann::json entries_;
  bool changed_ = false;
};

}  // namespace autodidact
