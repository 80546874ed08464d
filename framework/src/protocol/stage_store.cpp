#include "protocol/stage_store.hpp"

#include <chrono>
#include <thread>

#include "autodidact/plugin/error.hpp"
#include "protocol/claim.hpp"
#include "results/file.hpp"

namespace autodidact {

namespace fs = std::filesystem;

StageStore::StageStore(fs::path folder, bool reuse_versions)
    : folder_(std::move(folder)), reuse_versions_(reuse_versions) {}

// Only who stores something makes the folder: looking leaves nothing behind.
void StageStore::make_folder() const {
  std::error_code error;
  fs::create_directories(folder_ / "versions", error);
  if (error) throw DataError(folder_.string() + ": cannot make the folder of stage outputs: " + error.message());
}

bool StageStore::has(const std::string& hex) const { return fs::exists(folder_ / (hex + ".h5")); }

std::optional<Record> StageStore::load(const std::string& hex) const {
  const fs::path file = folder_ / (hex + ".h5");
  if (!fs::exists(file)) return std::nullopt;
  return read_record(file);
}

std::optional<StageStore::Output> StageStore::find(const StageKey& key) const {
  if (auto record = load(key.hex())) return Output{std::move(*record), key.hex(), false, false};
  // versions/<version key> is a symbolic link to the newest output of these versions.
  const fs::path link = folder_ / "versions" / key.version_hex();
  std::error_code error;
  if (!reuse_versions_ || !fs::exists(link, error)) return std::nullopt;
  const std::string hex = fs::read_symlink(link).stem();
  if (auto record = load(hex)) return Output{std::move(*record), hex, false, true};
  return std::nullopt;
}

StageStore::Output StageStore::get(const std::string& name, const StageKey& key, const Progress& progress,
                                   const std::function<Record(const fs::path&)>& make) {
  make_folder();
  const fs::path file = folder_ / (key.hex() + ".h5");
  bool told = false;
  for (;;) {
    if (auto found = find(key)) {
      progress.say(name, StageEvent::cached, found->key);
      return std::move(*found);
    }
    if (const auto claim = Claim::take(folder_ / (key.hex() + ".claim"))) {
      if (has(key.hex())) continue;  // finished between the look and the claim
      const fs::path checkpoint = folder_ / (key.hex() + ".checkpoint.h5");
      progress.say(name, StageEvent::started);
      Output output{make(checkpoint), key.hex(), true, false};
      output.record.texts["stage/" + name] = key.text();
      write_record(output.record, file, /*deflate=*/1);
      std::error_code ignored;
      fs::remove(checkpoint, ignored);
      const fs::path link = folder_ / "versions" / key.version_hex();
      fs::remove(link, ignored);
      fs::create_symlink(fs::path("..") / (key.hex() + ".h5"), link, ignored);
      progress.say(name, StageEvent::finished);
      return output;
    }
    if (!told) progress.say(name, StageEvent::waiting, "another process works on it");
    told = true;
    if (progress.stopped()) throw Stopped(name + ": stopped while waiting for another process");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace autodidact
