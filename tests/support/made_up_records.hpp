// Records as a run writes them, with made-up numbers.
#pragma once

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "results/file.hpp"

namespace autodidact::testing {

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

struct MadeUpMeasure {
  std::string name;
  double value = 0;
  std::string direction = "lower", unit = "";
  double floor = kNoNumber, value_at_floor = kNoNumber;
  std::int64_t version = 1;
  std::string status = "ok", note = "";
};

struct MadeUpRun {
  std::string method = "VQVAE", dataset = "cbf";
  std::int64_t seed = 1;
  std::string objective = "none", augmentation = "none";
  std::vector<MadeUpMeasure> measures = {};
  std::string status = "ok", reason = "", created = "2026-01-01T00:00:00Z";
  Values config = {};  // more keys
  std::int64_t order = 0;
};

inline Table measure_table_of(const std::vector<MadeUpMeasure>& measures) {
  using Texts = std::vector<std::string>;
  using Reals = std::vector<double>;
  using Counts = std::vector<std::int64_t>;
  Table table;
  table.names = {"name",           "version", "value", "std",     "unit",   "direction", "floor",
                 "value_at_floor", "n_real",  "n_gen", "n_floor", "status", "note"};
  Texts names, units, directions, statuses, notes;
  Reals values, deviations, floors, at_floors;
  Counts versions, n_real, n_gen, n_floor;
  for (const MadeUpMeasure& m : measures) {
    names.push_back(m.name);
    units.push_back(m.unit);
    directions.push_back(m.direction);
    statuses.push_back(m.status);
    notes.push_back(m.note);
    values.push_back(m.value);
    deviations.push_back(0.0);
    floors.push_back(m.floor);
    at_floors.push_back(m.value_at_floor);
    versions.push_back(m.version);
    n_real.push_back(900);
    n_gen.push_back(1024);
    n_floor.push_back(300);
  }
  table.columns = {names,     versions, values, deviations, units,    directions, floors,
                   at_floors, n_real,   n_gen,  n_floor,    statuses, notes};
  return table;
}

inline Record made_up_record(const MadeUpRun& run) {
  Record record;
  const std::string id = run.dataset + run.method + std::to_string(run.seed) + run.created;
  record.attributes[""] = {{"schema", std::int64_t{1}}, {"run_id", id},           {"status", run.status},
                           {"reason", run.reason},      {"created", run.created}, {"suite", std::string("made up")},
                           {"method", run.method},      {"dataset", run.dataset}, {"seed", run.seed},
                           {"order", run.order}};
  Values& config = record.attributes["config"];
  config = {{"tokenizer", std::string("vqvae")},
            {"objective", run.objective},
            {"prior", std::string("maskgit")},
            {"augmentation", run.augmentation},
            {"ssl.rho", 0.2},
            {"seed", run.seed}};
  for (const auto& [key, value] : run.config) config[key] = value;
  record.attributes["provenance"]["dataset.digest"] = run.dataset + "-digest";
  record.attributes["cost/tokenizer"]["seconds"] = 120.0 + static_cast<double>(run.seed);
  if (run.status == "ok") record.tables["metrics/table"] = measure_table_of(run.measures);
  return record;
}

inline Array floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  Array array{Type::f32, std::move(shape), {}};
  array.data.resize(values.size() * sizeof(float));
  std::memcpy(array.data.data(), values.data(), array.data.size());
  return array;
}

// History, series, features and tokens, as the page draws them. `spread`: how far generated features lie from real
// ones.
inline void add_pictures(Record& record, std::int64_t seed, double spread, std::int64_t length = 128) {
  std::mt19937 random(static_cast<unsigned>(seed));
  std::normal_distribution<double> normal;
  const auto series = [&](std::int64_t n, double noise) {
    std::vector<float> x;
    for (std::int64_t i = 0; i < n; ++i) {
      const auto begin = static_cast<std::int64_t>(random() % 40),
                 end = begin + 40 + static_cast<std::int64_t>(random() % 40);
      const auto kind = random() % 3;
      for (std::int64_t t = 0; t < length; ++t) {
        const double u = static_cast<double>(t - begin) / static_cast<double>(end - begin);
        const double shape = u < 0 || u > 1 ? -0.7 : kind == 0 ? 1.2 : kind == 1 ? 2.2 * u - 0.7 : 1.5 - 2.2 * u;
        x.push_back(static_cast<float>(shape + noise * normal(random)));
      }
    }
    return floats({n, 1, length}, x);
  };
  record.arrays["plots/series/real"] = series(64, 0.25);
  record.arrays["samples/unconditional/x"] = series(64, 0.1 + 0.1 * spread);
  const auto features = [&](double shift) {
    std::vector<float> x;
    for (int i = 0; i < 300; ++i) {
      const double cluster = 4.0 * static_cast<double>(random() % 3);
      for (int j = 0; j < 8; ++j)
        x.push_back(static_cast<float>((j == 0   ? cluster
                                        : j == 1 ? cluster * (8 - cluster) / 4
                                                 : 0) +
                                       normal(random) + shift));
    }
    return floats({300, 8}, x);
  };
  record.arrays["plots/features/real"] = features(0);
  record.arrays["plots/features/generated"] = features(spread);
  Array& tokens = record.arrays["tokens/test"] = {Type::i64, {100, 48}, std::vector<std::byte>(100 * 48 * 8)};
  for (int i = 0; i < 100 * 48; ++i) {
    const auto token = std::min<std::int64_t>(31, static_cast<std::int64_t>(std::fabs(normal(random)) * 9));
    std::memcpy(tokens.data.data() + i * 8, &token, 8);
  }
  for (const std::string stage : {"tokenizer", "prior"}) {
    std::vector<std::int64_t> epochs, steps;
    std::vector<double> totals, perplexities;
    for (std::int64_t e = 0; e < 60; ++e) {
      epochs.push_back(e);
      steps.push_back(8 * (e + 1));
      totals.push_back((stage == "prior" ? 1.8 : 0.08) * (1 + 0.1 * spread) + std::exp(-0.1 * static_cast<double>(e)) +
                       0.01 * std::fabs(normal(random)));
      perplexities.push_back(3 + 0.3 * static_cast<double>(e) + 0.3 * normal(random));
    }
    record.tables["history/" + stage] = {
        {"epoch", "step", "total", stage == "prior" ? "cross_entropy" : "recon_time", "perplexity"},
        {epochs, steps, totals, totals, perplexities}};
  }
}

inline void write_made_up(const MadeUpRun& run, const std::filesystem::path& file) {
  write_record(made_up_record(run), file);
}

// Five methods on two sets, two seeds: what the demonstration suite gives.
inline void write_made_up_suite(const std::filesystem::path& folder, std::int64_t seeds = 2) {
  struct Method {
    const char *name, *objective;
    double mse, svm, fid;
  };
  const Method methods[] = {{"VQVAE", "none", 0.104, 0.55, 9.1},
                            {"VQVAE + augmentation", "none", 0.097, 0.51, 8.4},
                            {"VQVAE + Barlow Twins", "barlow_twins", 0.137, 0.75, 6.2},
                            {"VQVAE + VICReg", "vicreg", 0.121, 0.69, 6.4},
                            {"VQVAE + VIbCReg", "vibcreg", 0.118, 0.72, 5.6}};
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::int64_t order = 0;
  for (const std::string dataset : {"cbf", "synthetic_control"})
    for (const Method& m : methods) {
      const bool plain = std::string(m.name) == "VQVAE";
      for (std::int64_t seed = 1; seed <= seeds; ++seed) {
        MadeUpRun run{m.name, dataset, seed, m.objective, plain ? "none" : "warp"};
        run.order = order++;
        const auto near = [&](double v) { return v * (1 + 0.04 * normal(random)); };
        const double fid = near(m.fid), svm = std::min(0.99, near(m.svm));
        run.measures = {{"mse", near(m.mse), "lower", "value^2"},
                        {"perplexity", near(18), "higher", "codes"},
                        {"svm/quantised/avg", svm, "higher", "share"},
                        {"knn/quantised/avg", near(svm - 0.08), "higher", "share"},
                        {"svm/continuous/avgmax", std::min(0.99, near(svm + 0.17)), "higher", "share"},
                        {"nll_masked/0.50", near(1.9), "lower", "nat/token"},
                        {"fid_fcn", fid, "lower", "", 0.41, fid + 0.6},
                        {"fid_rocket", near(0.031), "lower", "", 0.0021, 0.033},
                        {"is", near(2.61), "higher", "classes", 2.91, 2.6},
                        {"coverage", near(0.7), "higher", "share", 0.96, 0.69},
                        {"usage", near(0.9), "higher", "share"},
                        {"mdd", near(0.12), "lower", "1/value", 0.04, 0.13}};
        Record record = made_up_record(run);
        record.attributes["cost/prior"]["seconds"] = near(45);
        add_pictures(record, seed + order, 0.2 * m.fid, dataset == "cbf" ? 128 : 60);
        write_record(record, folder / (dataset + "-" + m.objective + (plain ? "-plain" : "") + "-" +
                                       std::to_string(seed) + ".h5"));
      }
    }
}

}  // namespace autodidact::testing
