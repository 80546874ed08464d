// Where the program finds its parts: suites, profiles, cards, plugins, the engine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/engine_api.hpp"
#include "config/run.hpp"
#include "host/catalog/catalog.hpp"

namespace autodidact {

// What the command line says for every verb.
struct GlobalOptions {
  std::vector<std::string> plugin_paths;  // --plugin-path
  std::vector<std::string> data;          // --data
  bool json = false;
  bool quiet = false;
};

class World {
 public:
  explicit World(GlobalOptions options);

  const GlobalOptions& options() const { return options_; }
  const std::filesystem::path& program() const { return program_; }
  // Folder with benchmarks/ and datasets/: AUTODIDACT_HOME, the installed share/autodidact, or the source tree that the
  // build tree's autodidact.paths names.
  const std::filesystem::path& home() const { return home_; }
  std::vector<std::string> suite_dirs() const;
  std::vector<std::string> profile_dirs() const;
  std::vector<std::filesystem::path> card_dirs() const;
  // --data, then AUTODIDACT_DATA (colon-separated), then `more` of a configuration.
  std::vector<std::filesystem::path> data_roots(const std::vector<std::string>& more = {}) const;

  CatalogOptions catalog_options() const;
  const Catalog& catalog();                                // read once; refused files are told on stderr
  void keep_refusals_silent() { tell_refusals_ = false; }  // for an attempt: the program that started it has told them
  Sources sources();
  const Engine& engine();  // opened once
  // A plugin by name or by file.
  PluginInfo plugin(const std::string& name_or_file);
  // The run a record was made by, from its own configuration.
  Run run_of(const std::filesystem::path& record);
  // The configuration of a record of samples from elsewhere; none for a record of a run.
  std::optional<Values> external_config(const std::filesystem::path& record);

 private:
  GlobalOptions options_;
  std::filesystem::path program_, home_;
  std::optional<Catalog> catalog_;
  bool tell_refusals_ = true;
  const Engine* engine_ = nullptr;
};

}  // namespace autodidact
