#include "app/world.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "app/console.hpp"
#include "autodidact/plugin/error.hpp"
#include "config/dataset_list.hpp"
#include "config/suggest.hpp"
#include "results/file.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> split_paths(const char* text) {
  std::vector<std::string> parts;
  std::istringstream in(text ? text : "");
  for (std::string part; std::getline(in, part, ':');)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

fs::path find_home(const fs::path& program) {
  if (const char* home = std::getenv("AUTODIDACT_HOME"); home && *home) return home;
  const fs::path installed = program.parent_path().parent_path() / "share" / "autodidact";
  if (fs::exists(installed / "benchmarks")) return installed;
  std::ifstream paths(program.parent_path() / "autodidact.paths");
  std::string line;
  if (std::getline(paths, line) && !line.empty()) return line;
  throw ConfigError("suites and profiles were not found beside " + program.string() +
                    "; set AUTODIDACT_HOME to the folder that holds benchmarks/ and datasets/");
}

fs::path beside(const fs::path& program, const fs::path& in_build, const fs::path& installed) {
  const fs::path built = program.parent_path() / in_build;
  return fs::exists(built) ? built : program.parent_path().parent_path() / installed;
}

fs::path cache_file() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    return fs::path(cache) / "autodidact/catalog.json";
  if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / ".cache/autodidact/catalog.json";
  return fs::temp_directory_path() / "autodidact-catalog.json";
}

}  // namespace

World::World(GlobalOptions options) : options_(std::move(options)), program_(fs::read_symlink("/proc/self/exe")) {
  home_ = find_home(program_);
}

std::vector<std::string> World::suite_dirs() const { return {(home_ / "benchmarks/suites").string()}; }
std::vector<std::string> World::profile_dirs() const { return {(home_ / "benchmarks/profiles").string()}; }
std::vector<fs::path> World::card_dirs() const { return {home_ / "datasets"}; }

std::vector<fs::path> World::data_roots(const std::vector<std::string>& more) const {
  std::vector<fs::path> roots(options_.data.begin(), options_.data.end());
  for (const std::string& root : split_paths(std::getenv("AUTODIDACT_DATA"))) roots.emplace_back(root);
  for (const std::string& root : more) roots.emplace_back(root);
  return roots;
}

CatalogOptions World::catalog_options() const {
  CatalogOptions options;
  options.folders.push_back(beside(program_, "plugins", "lib/autodidact/plugins"));
  for (const std::string& path : options_.plugin_paths) options.folders.emplace_back(path);
  for (const std::string& path : split_paths(std::getenv("AUTODIDACT_PLUGINS"))) options.folders.emplace_back(path);
  options.cache = cache_file();
  options.probe = program_;
  return options;
}

const Catalog& World::catalog() {
  if (!catalog_) {
    catalog_ = read_catalog(catalog_options());
    if (tell_refusals_)
      for (const Refusal& refusal : catalog_->refused)
        say(LogLevel::warning, refusal.file.string() + ": " + refusal.reason);
  }
  return *catalog_;
}

Sources World::sources() {
  Sources sources;
  sources.suite_dirs = suite_dirs();
  sources.profile_dirs = profile_dirs();
  sources.plugins = catalog().plugins;
  for (const DatasetInfo& info : list_datasets(data_roots(), card_dirs()))
    if (info.found) sources.known_datasets.push_back(info.name);
  return sources;
}

const Engine& World::engine() {
  if (engine_) return *engine_;
  const fs::path file = beside(program_, "lib/libautodidact_engine.so", "lib/libautodidact_engine.so");
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw EngineError(exit_failed, fmt::format("the engine cannot be opened: {}", ::dlerror()));
  engine_ = static_cast<const Engine*>(::dlsym(library, kEngineSymbol));
  if (!engine_)
    throw EngineError(exit_failed, file.string() + ": is not the engine of this program; build both together");
  return *engine_;
}

PluginInfo World::plugin(const std::string& name_or_file) {
  const std::string kind = name_or_file.substr(0, name_or_file.find('/'));
  const bool slash = kind.size() < name_or_file.size();
  const bool qualified = slash && (kind == "tokenizer" || kind == "objective" || kind == "prior");
  if (fs::is_regular_file(name_or_file) || (slash && !qualified)) return probe_plugin(name_or_file, catalog_options());
  std::vector<const PluginInfo*> found;
  std::vector<std::string> plain;
  std::string names;
  for (const PluginInfo& info : catalog().plugins) {
    if (info.name == name_or_file || kind_name(info.kind) + "/" + info.name == name_or_file) found.push_back(&info);
    plain.push_back(info.name);
    names += (names.empty() ? "" : ", ") + kind_name(info.kind) + "/" + info.name;
  }
  if (found.size() == 1) return *found.front();
  if (found.empty())
    throw ConfigError("no plugin '" + name_or_file + "'; " + there_are(name_or_file, plain) + " " + names);
  throw ConfigError("'" + name_or_file + "' names plugins of several kinds; write kind/name, e.g. " +
                    kind_name(found.front()->kind) + "/" + name_or_file);
}

std::optional<Values> World::external_config(const fs::path& file) {
  const Record record = read_record(file, {[](const std::string&) { return false; }});
  const auto root = record.attributes.find(""), config = record.attributes.find("config");
  if (root == record.attributes.end() || config == record.attributes.end()) return std::nullopt;
  const auto mark = root->second.find("external");
  if (mark == root->second.end() || mark->second != Value(true)) return std::nullopt;
  return config->second;
}

Run World::run_of(const fs::path& file) {
  const Record record = read_record(file, {[](const std::string& path) { return path == "config/toml"; }});
  const auto toml = record.texts.find("config/toml");
  if (toml == record.texts.end())
    throw DataError(file.string() + ": is an HDF5 file but not the record of a run (no config/toml)");
  // load_plan reads files, so that its errors can name one.
  const fs::path copy = fs::temp_directory_path() / fmt::format("autodidact-{}-config.toml", ::getpid());
  std::ofstream(copy) << toml->second;
  try {
    Plan plan = load_plan(copy.string(), {}, sources());
    fs::remove(copy);
    if (plan.runs.size() != 1) throw DataError(file.string() + ": its configuration does not describe one run");
    return plan.runs.front();
  } catch (const ConfigErrors& e) {
    fs::remove(copy);
    throw ConfigError(file.string() + ": its configuration does not fit the plugins of this build:\n" + e.what());
  }
}

}  // namespace autodidact
