// Outputs of stages under their content keys: OUT/stages/<key>.h5.
//
// An output is renamed into place, so doing a stage twice is harmless. A claim (a file made exclusively, touched as
// a heartbeat) only saves the work of a second process that wants the same stage: it waits instead.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "protocol/progress.hpp"
#include "protocol/stage_key.hpp"
#include "results/record.hpp"

namespace autodidact {

class StageStore {
 public:
  // reuse_versions: also accept an output made by another binary of the same plugin versions.
  StageStore(std::filesystem::path folder, bool reuse_versions);

  struct Output {
    Record record;
    std::string key;          // of the output that was used
    bool made = false;        // in this call
    bool by_version = false;  // a rebuilt binary of the same version was accepted
  };
  // The stored output, or what `make` returns, stored. `name` is the stage as shown. `make` gets the path of its
  // checkpoint, which is removed when the stage is done. A stop request while waiting throws Stopped.
  Output get(const std::string& name, const StageKey& key, const Progress& progress,
             const std::function<Record(const std::filesystem::path& checkpoint)>& make);
  bool has(const std::string& hex) const;

 private:
  void make_folder() const;
  std::optional<Record> load(const std::string& hex) const;
  std::optional<Output> find(const StageKey& key) const;
  std::filesystem::path folder_;
  bool reuse_versions_;
};

}  // namespace autodidact
