// Records of a folder, as far as a leaderboard needs them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

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

std::int64_t count_at(const Table& table, const char* name, std::size_t row) {
  const Column* column = table.find(name);
  const auto* whole = column ? std::get_if<std::vector<std::int64_t>>(column) : nullptr;
  return whole ? whole->at(row) : 0;
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
    m.low = number_at(table, "low", i);
    m.high = number_at(table, "high", i);
    m.unigram = number_at(table, "unigram", i);
    m.value_at_floor = number_at(table, "value_at_floor", i);
    m.version = count_at(table, "version", i);
    m.n_real = count_at(table, "n_real", i);
    m.n_gen = count_at(table, "n_gen", i);
    m.n_floor = count_at(table, "n_floor", i);
    m.direction = text_at(table, "direction", i);
    m.unit = text_at(table, "unit", i);
    m.status = text_at(table, "status", i);
    m.note = text_at(table, "note", i);
    run.measures[text_at(table, "name", i)] = m;
  }
}

void read_costs(RunSummary& run, const Record& record) {
  for (const auto& [group, values] : record.attributes) {
    if (!group.starts_with("cost/")) continue;
    for (const auto& [name, value] : values) {
      double& cost = run.cost[group.substr(5) + "/" + name];
      if (const auto* real = std::get_if<double>(&value))
        cost = *real;
      else if (const auto* whole = std::get_if<std::int64_t>(&value))
        cost = static_cast<double>(*whole);
      else
        run.cost.erase(group.substr(5) + "/" + name);
    }
  }
}

RunSummary summarise(const fs::path& file) {
  const Record record = read_record(file, {[](const std::string& path) { return path == "metrics/table"; }});
  RunSummary run;
  run.file = file;
  const auto group = [&](const char* name) {
    const auto found = record.attributes.find(name);
    return found == record.attributes.end() ? Values{} : found->second;
  };
  const Values about = group("");
  run.run_id = get_or<std::string>(about, "run_id", "");
  run.suite = get_or<std::string>(about, "suite", "");
  run.method = get_or<std::string>(about, "method", "");
  run.external = get_or<bool>(about, "external", false);
  if (run.external) run.method += " (external)";
  run.dataset = get_or<std::string>(about, "dataset", "");
  run.status = get_or<std::string>(about, "status", "failed");
  run.reason = get_or<std::string>(about, "reason", "");
  run.created = get_or<std::string>(about, "created", "");
  run.seed = get_or<std::int64_t>(about, "seed", 0);
  run.order = get_or<std::int64_t>(about, "order", 0);
  run.config = group("config");
  run.dataset_digest = get_or<std::string>(group("provenance"), "dataset.digest", "");
  read_costs(run, record);
  read_measures(run, record);
  return run;
}

std::string cell_name(const RunSummary& run) {
  return run.dataset + ", " + run.row() + ", seed " + std::to_string(run.seed);
}

// Of records of one cell and seed the newest stays: two configurations must not meet in one mean.
void keep_newest(Folder& folder) {
  std::vector<RunSummary> kept;
  for (RunSummary& run : folder.runs) {
    if (kept.empty() || std::tuple(kept.back().dataset, kept.back().row(), kept.back().seed) !=
                            std::tuple(run.dataset, run.row(), run.seed)) {
      kept.push_back(std::move(run));
      continue;
    }
    const bool newer = run.created > kept.back().created;
    if (newer) std::swap(run, kept.back());
    folder.problems.push_back("two records of " + cell_name(run) + ": " + kept.back().file.filename().string() +
                              " is the newer one and counts, " + run.file.filename().string() +
                              " is left out. Give another configuration its own folder");
  }
  folder.runs = std::move(kept);
}

// Keys in which two runs of one cell differ though only the seed should.
std::string differing_keys(const Values& a, const Values& b) {
  std::set<std::string> keys;
  for (const auto& [key, value] : a)
    if (const auto other = b.find(key); other == b.end() || !(other->second == value)) keys.insert(key);
  for (const auto& [key, value] : b)
    if (!a.count(key)) keys.insert(key);
  std::string text;
  for (const std::string& key : keys)
    if (key != "seed") text += (text.empty() ? "" : ", ") + key;
  return text;
}

void compare_configurations(Folder& folder) {
  const RunSummary* first = nullptr;
  std::map<std::pair<std::string, std::int64_t>, const RunSummary*> data;
  std::set<std::string> told;
  for (const RunSummary& run : folder.runs) {
    if (!first || first->dataset != run.dataset || first->row() != run.row()) first = &run;
    if (const std::string keys = differing_keys(first->config, run.config); !keys.empty())
      folder.problems.push_back(cell_name(run) + " was run with other settings than seed " +
                                std::to_string(first->seed) + ": " + keys + ". Their mean mixes configurations");
    if (run.dataset_digest.empty()) continue;
    const RunSummary* other = data.emplace(std::pair(run.dataset, run.seed), &run).first->second;
    if (other->dataset_digest != run.dataset_digest && told.insert(run.dataset + "\n" + run.row()).second)
      folder.problems.push_back(cell_name(run) + " was made from other data than " + other->row() +
                                " (dataset digests differ): these rows do not compare");
  }
}

}  // namespace

std::string RunSummary::text(const std::string& key) const { return get_or<std::string>(config, key.c_str(), ""); }

std::string RunSummary::row() const {
  std::string factors;
  for (const auto& [key, value] : config) {
    if (!key.starts_with("factor.")) continue;
    const auto* text = std::get_if<std::string>(&value);
    factors += (factors.empty() ? "" : ", ") + key.substr(7) + "=" + (text ? *text : to_toml(value));
  }
  return factors.empty() ? method : method + " (" + factors + ")";
}

Folder read_folder(const fs::path& path) {
  Folder folder;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.is_regular_file() && entry.path().extension() == ".h5") files.insert(entry.path());
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    try {
      RunSummary run = summarise(file);
      if (run.run_id.empty())
        folder.problems.push_back(name + ": is no record of a run");
      else
        folder.runs.push_back(std::move(run));
    } catch (const std::exception& e) {
      const std::string what = e.what();
      folder.problems.push_back(what.find(name) == std::string::npos ? name + ": " + what : what);
    }
  }
  std::stable_sort(folder.runs.begin(), folder.runs.end(), [](const RunSummary& a, const RunSummary& b) {
    return std::tuple(a.dataset, a.row(), a.seed) < std::tuple(b.dataset, b.row(), b.seed);
  });
  keep_newest(folder);
  compare_configurations(folder);
  return folder;
}

}  // namespace autodidact
