// Records of a folder, as far as a leaderboard needs them.
#include <algorithm>
#include <limits>
#include <set>

#include "results/file.hpp"
#include "results/leaderboard.hpp"

namespace autodidact {

namespace fs = std::filesystem;

namespace {

template <class T>
T get_or(const Values& values, const char* key, T otherwise) {
  const auto found = values.find(key);
  if (found == values.end()) return otherwise;
  const T* value = std::get_if<T>(&found->second);
  return value ? *value : otherwise;
}

double number_at(const Table& table, const char* name, std::size_t row) {
  const Column* column = table.find(name);
  if (!column) return std::numeric_limits<double>::quiet_NaN();
  if (const auto* real = std::get_if<std::vector<double>>(column)) return real->at(row);
  if (const auto* whole = std::get_if<std::vector<std::int64_t>>(column)) return static_cast<double>(whole->at(row));
  return std::numeric_limits<double>::quiet_NaN();
}

std::string text_at(const Table& table, const char* name, std::size_t row) {
  const Column* column = table.find(name);
  const auto* text = column ? std::get_if<std::vector<std::string>>(column) : nullptr;
  return text ? text->at(row) : "";
}

void read_measures(RunSummary& run, const Record& record) {
  const auto found = record.tables.find("metrics/table");
  if (found == record.tables.end()) return;
  const Table& table = found->second;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    StoredMeasure m;
    m.value = number_at(table, "value", i);
    m.std = number_at(table, "std", i);
    m.floor = number_at(table, "floor", i);
    m.value_at_floor = number_at(table, "value_at_floor", i);
    m.version = static_cast<std::int64_t>(number_at(table, "version", i));
    m.n_real = static_cast<std::int64_t>(number_at(table, "n_real", i));
    m.n_gen = static_cast<std::int64_t>(number_at(table, "n_gen", i));
    m.n_floor = static_cast<std::int64_t>(number_at(table, "n_floor", i));
    m.direction = text_at(table, "direction", i);
    m.unit = text_at(table, "unit", i);
    m.status = text_at(table, "status", i);
    m.note = text_at(table, "note", i);
    run.measures[text_at(table, "name", i)] = m;
  }
}

RunSummary summarise(const fs::path& file) {
  const Record record = read_record(file, {[](const std::string& path) { return path == "metrics/table"; }});
  RunSummary run;
  run.file = file;
  const auto root = record.attributes.find("");
  if (root == record.attributes.end() || !root->second.count("run_id")) return run;
  const Values& about = root->second;
  run.run_id = get_or<std::string>(about, "run_id", "");
  run.suite = get_or<std::string>(about, "suite", "");
  run.method = get_or<std::string>(about, "method", "");
  run.dataset = get_or<std::string>(about, "dataset", "");
  run.status = get_or<std::string>(about, "status", "failed");
  run.reason = get_or<std::string>(about, "reason", "");
  run.seed = get_or<std::int64_t>(about, "seed", 0);
  if (const auto config = record.attributes.find("config"); config != record.attributes.end()) run.config = config->second;
  for (const auto& [group, values] : record.attributes) {
    if (!group.starts_with("cost/")) continue;
    for (const auto& [name, value] : values) {
      if (const auto* real = std::get_if<double>(&value)) run.cost[group.substr(5) + "/" + name] = *real;
      if (const auto* whole = std::get_if<std::int64_t>(&value))
        run.cost[group.substr(5) + "/" + name] = static_cast<double>(*whole);
    }
  }
  read_measures(run, record);
  return run;
}

}  // namespace

std::string RunSummary::row() const {
  std::string name = method;
  if (const auto factors = config.find("factors"); factors != config.end())
    if (const auto* text = std::get_if<std::string>(&factors->second); text && !text->empty()) name += " (" + *text + ")";
  return name;
}

Folder read_folder(const fs::path& folder) {
  Folder result;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".h5") files.insert(entry.path());
  for (const fs::path& file : files) {
    try {
      RunSummary run = summarise(file);
      if (run.run_id.empty())
        result.problems.push_back(file.filename().string() + ": is no record of a run");
      else
        result.runs.push_back(std::move(run));
    } catch (const std::exception& e) {
      result.problems.push_back(e.what());
    }
  }
  std::stable_sort(result.runs.begin(), result.runs.end(), [](const RunSummary& a, const RunSummary& b) {
    return std::tie(a.dataset, a.method, a.seed) < std::tie(b.dataset, b.method, b.seed);
  });
  for (std::size_t i = 1; i < result.runs.size(); ++i) {
    const RunSummary &a = result.runs[i - 1], &b = result.runs[i];
    if (a.dataset == b.dataset && a.row() == b.row() && a.seed == b.seed)
      result.problems.push_back("two records of " + a.dataset + ", " + a.row() + ", seed " + std::to_string(a.seed) +
                                ": " + a.file.filename().string() + " and " + b.file.filename().string() +
                                " differ in configuration or data; the newer configuration should have its own folder");
  }
  return result;
}

}  // namespace autodidact
