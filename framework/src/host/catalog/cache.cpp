#include "host/catalog/cache.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "autodidact/plugin/abi.hpp"
#include "host/catalog/info_json.hpp"
#include "results/sha256.hpp"

namespace autodidact {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kSchema = 1;

// Entries are only as good as the host that judged them.
std::string host_stamp() {
  return std::to_string(kInterface) + "/" + std::to_string(sizeof(Descriptor)) + "/" AUTODIDACT_FINGERPRINT;
}

// The file itself, whatever link led to it.
std::string key_of(const fs::path& plugin) {
  std::error_code ec;
  const fs::path real = fs::weakly_canonical(plugin, ec);
  return (ec ? plugin : real).string();
}

json stamp_of(const fs::path& plugin, const std::string& digest) {
  struct stat s {};
  if (::stat(plugin.c_str(), &s) != 0) return nullptr;
  return {{"size", s.st_size}, {"seconds", s.st_mtim.tv_sec}, {"nanoseconds", s.st_mtim.tv_nsec}, {"digest", digest}};
}

}  // namespace

CatalogCache::CatalogCache(fs::path file) : file_(std::move(file)), entries_(json::object()) {
  if (file_.empty()) return;
  std::ifstream in(file_, std::ios::binary);
  const json whole = in ? json::parse(in, nullptr, /*allow_exceptions=*/false) : json();
  if (!whole.is_object() || !whole.contains("schema") || !whole.contains("host") || !whole.contains("files")) return;
  if (whole["schema"] == kSchema && whole["host"] == host_stamp() && whole["files"].is_object())
    entries_ = whole["files"];
}

std::optional<Probed> CatalogCache::get(const fs::path& plugin, const std::string& digest) const {
  const auto found = entries_.find(key_of(plugin));
  if (found == entries_.end()) return std::nullopt;
  try {
    const json stamp = stamp_of(plugin, digest);
    if (stamp.is_null() || found->at("stamp") != stamp) return std::nullopt;
    Probed probed;
    if (found->contains("refused")) {
      probed.fault = found->at("refused").get<std::string>();
      probed.lasting = true;
    } else {
      probed.info = plugin_info_of(found->at("plugin"));
    }
    return probed;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void CatalogCache::put(const fs::path& plugin, const Probed& probed) {
  changed_ = true;
  const json stamp = stamp_of(plugin, sha256_file(plugin));
  entries_.erase(key_of(plugin));
  if (stamp.is_null() || (!probed.info && !probed.lasting)) return;
  json entry = {{"stamp", stamp}};
  if (probed.info)
    entry["plugin"] = to_json_value(*probed.info);
  else
    entry["refused"] = probed.fault;
  entries_[key_of(plugin)] = std::move(entry);
}

void CatalogCache::save() const {
  if (!changed_ || file_.empty()) return;
  std::error_code ec;
  if (file_.has_parent_path()) fs::create_directories(file_.parent_path(), ec);
  const json whole = {{"schema", kSchema}, {"host", host_stamp()}, {"files", entries_}};
  const fs::path aside = file_.string() + "." + std::to_string(::getpid()) + ".tmp";
  bool written = false;
  {
    std::ofstream out(aside, std::ios::binary);
    out << whole.dump(1, ' ', false, json::error_handler_t::replace) << '\n';
    out.close();
    written = !out.fail();
  }
  if (written) fs::rename(aside, file_, ec);
  if (!written || ec) fs::remove(aside, ec);
}

}  // namespace autodidact
